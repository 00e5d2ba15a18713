import { MATERIAL_TYPES, type MaterialType } from '../api/material-types.ts';
import { containerImage } from './container-image.ts';
import { cyclonedx } from './cyclonedx.ts';
import { junit } from './junit.ts';
import type { MaterialKind } from './kind.ts';
import { artifact, evidence, text } from './opaque.ts';
import { sarif } from './sarif.ts';
import { spdx } from './spdx.ts';

/** Every type of material, by its name. */
export const MATERIAL_KINDS: Readonly<Record<MaterialType, MaterialKind>> = {
  ARTIFACT: artifact,
  CONTAINER_IMAGE: containerImage,
  EVIDENCE: evidence,
  JUNIT_XML: junit,
  SARIF: sarif,
  SBOM_CYCLONEDX_JSON: cyclonedx,
  SBOM_SPDX_JSON: spdx,
  STRING: text,
};

export const isMaterialType = (text: string): text is MaterialType =>
  (MATERIAL_TYPES as readonly string[]).includes(text);
