import { asArray, asRecord, asText } from '../api/record.ts';
import { PREDICATE_TYPE } from './statement.ts';

/** What a statement says it is about, as far as whoever signs or checks it has to look. */
export interface Stated {
  /** Whether it is of the type that runs carry; of any other the rest means nothing. */
  readonly isOfRun: boolean;
  readonly predicateType: string;
  /** The uid of the run. */
  readonly run: unknown;
  /** `sha256:…` of every material, by its name. */
  readonly materials: ReadonlyMap<string, string>;
  /** Whether a name stands twice, so that readers could take either. */
  readonly isAmbiguous: boolean;
}

export function statedBy(statement: unknown): Stated {
  const predicate = asRecord(asRecord(statement)?.predicate);
  const predicateType = asText(asRecord(statement)?.predicateType) ?? '';
  const materials = asArray(predicate?.materials).map((entry): readonly [string, string] => {
    const descriptor = asRecord(entry);
    const name = String(asRecord(descriptor?.annotations)?.['chainloop.material.name']);
    return [name, `sha256:${String(asRecord(descriptor?.digest)?.sha256)}`];
  });
  const run = asRecord(predicate?.metadata)?.workflowRunID;
  const byName = new Map(materials);
  const isAmbiguous = byName.size < materials.length;
  return { isOfRun: predicateType === PREDICATE_TYPE, predicateType, run, materials: byName, isAmbiguous };
}

/** The run that a statement names. */
export interface StatedRun {
  readonly namespace: string;
  readonly run: string;
  readonly uid: string;
  readonly workflow: string;
  readonly contract: string;
  readonly revision: string;
}

/** The run that a statement is about; undefined if it doesn't name one whole. */
export function runStatedBy(statement: unknown): StatedRun | undefined {
  const metadata = asRecord(asRecord(asRecord(statement)?.predicate)?.metadata);
  const found = {
    namespace: asText(metadata?.organization),
    run: asText(metadata?.name),
    uid: asText(metadata?.workflowRunID),
    workflow: asText(metadata?.workflowName),
    contract: asText(metadata?.contractName),
    revision: asText(metadata?.contractVersion),
  };
  return Object.values(found).every(Boolean) ? (found as StatedRun) : undefined;
}
