/** The material types that this version accepts; the CRD enum is held to this list by a test. */
export const MATERIAL_TYPES = [
  'ARTIFACT',
  'CONTAINER_IMAGE',
  'EVIDENCE',
  'JUNIT_XML',
  'SARIF',
  'SBOM_CYCLONEDX_JSON',
  'SBOM_SPDX_JSON',
  'STRING',
] as const;
export type MaterialType = (typeof MATERIAL_TYPES)[number];
