import { createHash } from 'node:crypto';
import type { MaterialType } from '../../src/api/material-types.ts';
import type { Inspection, MaterialFacts } from '../../src/materials/kind.ts';
import { MATERIAL_KINDS } from '../../src/materials/kinds.ts';

export function inspect(type: MaterialType, content: string | Uint8Array, isReference = false): Inspection {
  const bytes = Buffer.from(content);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  // No kind may look at bytes that it has given back.
  const release = () => void bytes.fill(0);
  return MATERIAL_KINDS[type].inspect({ bytes, size: bytes.length, digest, isReference, release });
}

/** What is known of content that has to be accepted. */
export function facts(type: MaterialType, content: string | Uint8Array, isReference = false): MaterialFacts {
  const inspection = inspect(type, content, isReference);
  if (!inspection.ok) throw new Error(JSON.stringify(inspection.findings));
  return inspection.facts;
}

/** The findings, one a line, of content that has to be refused. */
export function finding(type: MaterialType, content: string | Uint8Array, isReference = false): string {
  const inspection = inspect(type, content, isReference);
  if (inspection.ok) throw new Error('it was accepted');
  return inspection.findings.map(({ at, message }) => `${at}: ${message}`).join('\n');
}
