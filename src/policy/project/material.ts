import type { MaterialType } from '../../api/material-types.ts';
import { parseStrictJson } from '../../api/strict-json.ts';
import { projectCobertura } from './cobertura.ts';
import { projectJacoco } from './jacoco.ts';
import { projectJunit } from './junit.ts';
import type { Projection } from './projection.ts';
import { projectStatement } from './statement.ts';

/** Of these a policy sees no content, only the name, the digest and the annotations. */
const NOTHING = (): Projection => ({ ok: true, value: {} });

const PROJECTIONS: Partial<Readonly<Record<MaterialType, (bytes: Uint8Array) => Projection>>> = {
  JUNIT_XML: projectJunit,
  JACOCO_XML: projectJacoco,
  COBERTURA_XML: projectCobertura,
  SLSA_PROVENANCE: projectStatement,
  ATTESTATION: projectStatement,
  ARTIFACT: NOTHING,
  CONTAINER_IMAGE: NOTHING,
  HELM_CHART: NOTHING,
  RADAMSA_CRASHES: NOTHING,
  STRING: (bytes) => ({ ok: true, value: { value: new TextDecoder().decode(bytes) } }),
};

/** Whether policies see the content of such a material. */
export const showsContent = (type: MaterialType): boolean => PROJECTIONS[type] !== NOTHING;

/** What policies get to see of a material: JSON as it is, what some reports in XML say, and the statement of what is signed. */
export function projectMaterial(type: MaterialType, bytes: Uint8Array): Projection {
  const project = PROJECTIONS[type];
  if (project !== undefined) return project(bytes);
  const json = parseStrictJson(bytes);
  if (json.ok) return { ok: true, value: json.value, isContent: true };
  return { ok: false, finding: { at: json.at, message: `${type} can only be judged as JSON: ${json.message}` } };
}
