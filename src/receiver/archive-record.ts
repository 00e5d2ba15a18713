import type { WorkflowRun } from '../api/types.gen.ts';
import type { RecordPlace } from '../archive/rows.ts';
import { signedArchiveRecord } from '../attestation/archive-record.ts';
import { putBytes } from '../evidence/put.ts';
import { assertCounts, type ControlPlane } from './control-plane.ts';
import type { Stores } from './stores.ts';

export interface RecordWriter {
  readonly controlPlane: ControlPlane;
  readonly stores: Stores;
}

/**
 * Signs the archive record of a run and puts it where the run's evidence is; durable when it answers. The same run makes
 * another record each time, so it is for the caller to know that there is one. Throws `store-unavailable` and
 * `cluster-unavailable`.
 */
export async function keepRecord(
  { controlPlane, stores }: RecordWriter,
  run: WorkflowRun,
  outputs: ReadonlySet<string>,
  now: Date,
): Promise<RecordPlace> {
  const { bytes } = await stores.get(run.spec.evidenceStoreName);
  const signer = await controlPlane.get();
  assertCounts(signer, now);
  const time = now.toISOString();
  const record = { verifierId: signer.verifierId, time, outputs: [...outputs].toSorted(), run };
  const { digest } = await putBytes(bytes, signedArchiveRecord(signer.key, record));
  return { digest, time };
}
