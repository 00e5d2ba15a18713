const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MAX_LABEL = 63;

/** Whether a text is a DNS label of RFC 1123: what names a material, and what a Kubernetes label may carry. */
export const isDnsLabel = (text: string): boolean => text.length <= MAX_LABEL && LABEL.test(text);
