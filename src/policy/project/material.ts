import type { MaterialType } from '../../api/material-types.ts';
import { parseStrictJson } from '../../api/strict-json.ts';
import { projectCobertura } from './cobertura.ts';
import { projectJacoco } from './jacoco.ts';
import { projectJunit } from './junit.ts';
import type { Projection } from './projection.ts';
import { projectStatement } from './statement.ts';

const PROJECTIONS: Partial<Readonly<Record<MaterialType, (bytes: Uint8Array) => Projection>>> = {
  JUNIT_XML: projectJunit,
  JACOCO_XML: projectJacoco,
  COBERTURA_XML: projectCobertura,
  SLSA_PROVENANCE: projectStatement,
  ATTESTATION: projectStatement,
};

/** What policies get to see of a material: JSON as it is, what some reports in XML say, and the statement of what is signed. */
export function projectMaterial(type: MaterialType, bytes: Uint8Array): Projection {
  const project = PROJECTIONS[type];
  if (project !== undefined) return project(bytes);
  const json = parseStrictJson(bytes);
  if (json.ok) return json;
  return { ok: false, finding: { at: json.at, message: `${type} can only be judged as JSON: ${json.message}` } };
}
