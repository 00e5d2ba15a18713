import { asArray, asRecord } from '../api/record.ts';

/** What a statement says it is about, as far as whoever signs or checks it has to look. */
export interface Stated {
  /** The uid of the run. */
  readonly run: unknown;
  /** `sha256:…` of every material, by its name. */
  readonly materials: ReadonlyMap<string, string>;
}

export function statedBy(statement: unknown): Stated {
  const predicate = asRecord(asRecord(statement)?.predicate);
  const materials = asArray(predicate?.materials).map((entry): readonly [string, string] => {
    const descriptor = asRecord(entry);
    const name = String(asRecord(descriptor?.annotations)?.['chainloop.material.name']);
    return [name, `sha256:${String(asRecord(descriptor?.digest)?.sha256)}`];
  });
  return { run: asRecord(predicate?.metadata)?.workflowRunID, materials: new Map(materials) };
}
