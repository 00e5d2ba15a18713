import type { MaterialType } from '../../api/material-types.ts';
import { parseStrictJson } from '../../api/strict-json.ts';
import { projectCobertura } from './cobertura.ts';
import { projectJacoco } from './jacoco.ts';
import { projectJunit } from './junit.ts';
import type { Projection } from './projection.ts';

const PROJECTIONS: Partial<Readonly<Record<MaterialType, (bytes: Uint8Array) => Projection>>> = {
  JUNIT_XML: projectJunit,
  JACOCO_XML: projectJacoco,
  COBERTURA_XML: projectCobertura,
};

/** What policies get to see of a material: JSON as it is, the reports in XML that policies ask about, and nothing else. */
export function projectMaterial(type: MaterialType, bytes: Uint8Array): Projection {
  const project = PROJECTIONS[type];
  if (project !== undefined) return project(bytes);
  const json = parseStrictJson(bytes);
  if (json.ok) return json;
  return { ok: false, finding: { at: json.at, message: `${type} can only be judged as JSON: ${json.message}` } };
}
