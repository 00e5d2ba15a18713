import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { sha256Hex } from '../../api/canonical.ts';
import { Problem } from '../../api/problem.ts';
import type { RecordsLine, RestoredRecordMessage } from '../../api/record-messages.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { type RecordedRun, recordedRuns } from '../../archive/recorded.ts';
import { type ArchiveRecord, MAX_ARCHIVE_RECORD } from '../../attestation/archive-record.ts';
import { putBytes } from '../../evidence/put.ts';
import type { Digest } from '../../evidence/store.ts';
import { readArchiveRecord } from '../../verify/archive-record.ts';
import { readBody } from '../body.ts';
import { assertDigest } from '../content-digest.ts';
import type { ReceiverContext } from '../context.ts';
import { missingEvidence } from '../missing-evidence.ts';
import { paced } from '../patience.ts';
import { archiveRecord, isArchivedSince } from '../records-in-store.ts';
import { reserveFor } from '../reserve.ts';
import { assertReadsAll } from '../run-access.ts';
import { digestParam, flag, query } from './params.ts';

/** Records that are fetched from their stores together, and so in memory: 4 MiB each at the very most. */
const TOGETHER = 4;

/**
 * `GET /v1/archive/records?after=`: the archive record of every run, byte for byte, one a line, for a backup. A run whose record can't be had
 * is a line that says so, and the last line says how many there were: an answer without it isn't whole.
 */
export const recordsRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  await assertReadsAll(context, await context.authenticate(request, response));
  const after = query(request, 'after', 64) ?? '';
  const first = await pageBehind(context, after);
  response.set('content-type', 'application/x-ndjson');
  await pipeline(Readable.from(paced(lines(context, first))), response);
};

const pageBehind = ({ archive }: ReceiverContext, after: string): Promise<readonly RecordedRun[]> =>
  archive.ask((database) => recordedRuns(database, after, TOGETHER));

/** A run that comes into the archive meanwhile may be left out. */
async function* lines(context: ReceiverContext, first: readonly RecordedRun[]): AsyncGenerator<Buffer, void> {
  let runs = 0;
  for (let page = first; page.length > 0; page = await pageBehind(context, page.at(-1)?.uid ?? '')) {
    for (const line of await Promise.all(page.map((run) => lineOf(context.stores, run)))) yield line;
    runs += page.length;
  }
  yield lineWith({ end: { runs } });
}

const lineWith = (line: RecordsLine): Buffer => Buffer.from(`${JSON.stringify(line)}\n`);

async function lineOf(stores: ReceiverContext['stores'], run: RecordedRun): Promise<Buffer> {
  try {
    return Buffer.concat([await recordOf(stores, run), Buffer.from('\n')]);
  } catch (error) {
    // One that rotted must not keep all others out of every backup.
    if (!(error instanceof Problem)) throw error;
    const { uid, namespace, name } = run;
    return lineWith({ missing: { uid, namespace, run: name, code: error.code, detail: error.message } });
  }
}

async function recordOf(stores: ReceiverContext['stores'], run: RecordedRun): Promise<Buffer> {
  const { document, record_digest } = run;
  if (record_digest === null) {
    throw new Problem('evidence-not-found', 'it was archived by a version that made no records');
  }
  const { spec } = JSON.parse(document) as WorkflowRun;
  const { bytes } = await stores.get(spec.evidenceStoreName);
  const stream = await bytes.get(record_digest as Digest);
  if (stream === undefined) {
    throw new Problem('evidence-not-found', `its record ${record_digest} is not in '${spec.evidenceStoreName}'`);
  }
  return buffer(stream);
}

/** `PUT /v1/archive/records/sha256:{hex}?dryRun=`: a record of a backup, which counts if this control plane has signed it. */
export const restoreRecordRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { caller } = await context.authenticate(request, response);
  if (!(await context.access.mayRebuild(caller))) {
    throw new Problem('rebuild-forbidden', `'${caller.username}' may not have archive records restored`, {
      hint: "get the verb 'rebuild' on evidencestores.proviso.dev, by a ClusterRoleBinding",
    });
  }
  const digest = digestParam(request);
  const dryRun = flag(request, 'dryRun');
  const body = await readBody(request, MAX_ARCHIVE_RECORD, reserveFor(context, caller, response));
  assertDigest(digest, `sha256:${sha256Hex(body)}`);
  const record = await verified(context, body);
  const { metadata, spec } = record.run;
  const { archive } = context;
  const isThere = await archive.ask((database) => isArchivedSince(database, record));
  const why = await whyUnstored(context, spec.evidenceStoreName, digest, dryRun ? undefined : body);
  if (!isThere && !dryRun && why === undefined) {
    await archive.ask((database) => archiveRecord(database, record, digest));
  }
  const answer: RestoredRecordMessage = {
    namespace: metadata.namespace ?? '',
    run: metadata.name,
    ...(why === undefined ? { outcome: isThere ? 'present' : 'archived' } : { outcome: 'unstored', why }),
    missing: await missingEvidence(context.stores, record.run),
  };
  response.json(answer);
};

/**
 * Puts a record where the run's evidence is, before the archive has the run: it could not get it back else. A store that
 * doesn't exist fails alike for every record, and is no reason to try each of them again and again. Without the bytes, nothing is
 * put.
 */
async function whyUnstored(
  { stores }: ReceiverContext,
  storeName: string,
  digest: Digest,
  record: Uint8Array | undefined,
): Promise<string | undefined> {
  try {
    const { bytes } = await stores.get(storeName);
    const isStored = (await bytes.stat(digest)) !== undefined;
    if (!isStored && record !== undefined) await putBytes(bytes, record);
    return undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-unavailable') return error.message;
    throw error;
  }
}

/** Keys that were restored a moment ago may not be known here yet, so nothing is refused by what is remembered of them. */
async function verified({ controlPlane }: ReceiverContext, bytes: Uint8Array): Promise<ArchiveRecord> {
  const first = readArchiveRecord(bytes, await controlPlane.keys());
  const reading = first.ok ? first : readArchiveRecord(bytes, await controlPlane.keysNow());
  if (reading.ok) return reading.record;
  throw new Problem('record-refused', `the archive record does not count: ${reading.message}`, {
    hint: 'records count for the installation whose control plane signed them, with the Secret proviso-control-plane-key',
  });
}
