import { LABEL_LEGAL_HOLD } from './labels.ts';
import type { KubeObject } from './object.ts';

/** Whether nothing of it may be removed; whatever the label's value is. */
export const isHeld = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABEL_LEGAL_HOLD] !== undefined;
