import { LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';

/** Whether Proviso made it. What lacks the label was given by somebody, or is somebody else's. */
export const isOurs = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY;
