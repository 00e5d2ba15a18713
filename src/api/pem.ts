const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates in a text, each as a PEM of its own; whatever stands around them is left out. */
export const certificatesIn = (text: string): readonly string[] => text.match(CERTIFICATE) ?? [];
