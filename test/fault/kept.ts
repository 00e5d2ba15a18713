import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import * as assert from 'uvu/assert';
import { digestsOf } from '../../src/api/run-evidence.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { openArchive } from '../../src/archive/open.ts';
import { eventually } from '../support/eventually.ts';
import type { Shop } from '../support/shop.ts';
import type { Acknowledged, Pipelines } from './pipelines.ts';

/** The objects of a store as they lie on the disk. */
export interface StoredFiles {
  /** Of everything that counts as an object. */
  files(): Promise<readonly string[]>;
}

const isAccepted = ({ status }: WorkflowRun): boolean => status?.conditions?.[0]?.status === 'True';

/** Digests of the objects. Fails where one has another content than its name says. */
async function soundObjects(store: StoredFiles): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const file of await store.files()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    const hex = hash.digest('hex');
    assert.ok(file.endsWith(`/${hex.slice(0, 2)}/${hex}`), `${file} has the digest ${hex}`);
    found.add(`sha256:${hex}`);
  }
  return found;
}

/**
 * Every acknowledged run is accepted, with the digests of what was sent; all bytes that were acknowledged are in the store,
 * each object there is what its name says, and none that no run refers to is shown. Returns all runs.
 */
export async function assertKept(
  shop: Shop,
  { acknowledged, stored }: Pipelines,
  store: StoredFiles,
  token: string,
): Promise<readonly WorkflowRun[]> {
  const runs = await shop.runs();
  const objects = await soundObjects(store);
  const byName = new Map(runs.map((run) => [run.metadata.name, run]));
  for (const each of acknowledged) assertComplete(each, byName.get(each.run));
  assert.is(new Set(acknowledged.map(({ run }) => run)).size, acknowledged.length);
  for (const digest of stored) assert.ok(objects.has(digest), `${digest} was acknowledged, and is gone`);
  const seen = new Set(runs.flatMap(digestsOf));
  for (const digest of seen) assert.ok(objects.has(digest), `${digest} is referred to, and is gone`);
  const others = [...objects].filter((digest) => !seen.has(digest));
  for (const digest of others.slice(0, 20))
    await shop.http.refused('evidence-not-found', `/v1/evidence/${digest}`, { token });
  return runs;
}

function assertComplete(each: Acknowledged, run: WorkflowRun | undefined): void {
  if (run === undefined) throw new Error(`the run ${each.run} is gone`);
  assert.ok(isAccepted(run), each.run);
  assert.is(run.status?.attestation?.digest, each.attestation);
  const materials = (run.status?.materials ?? []).map(({ name, digest }) => [name, digest]);
  assert.equal(Object.fromEntries(materials), each.materials);
}

/** The workflow has counted each run once. */
export const untilCounted = (shop: Shop, runs: readonly WorkflowRun[]): Promise<boolean> =>
  eventually('the counters to agree with the runs', async () => {
    const text = await shop.kubectl('get workflow.proviso.dev -n shop build -o jsonpath={.status.runs}');
    const counted = JSON.parse(text) as { total: number; succeeded: number };
    return counted.total === runs.length && counted.succeeded === runs.filter(isAccepted).length;
  });

/** Every finished run is in the archive once and as it is in the cluster, and its record is in the store. Returns how many. */
export async function untilArchived(
  address: string,
  runs: readonly WorkflowRun[],
  store: StoredFiles,
): Promise<number> {
  const finished = runs.filter(isAccepted);
  const { database } = await openArchive(address);
  const read = () => database.selectFrom('runs').select(['name', 'document', 'record_digest']).execute();
  try {
    await eventually('every acknowledged run in the archive', async () => (await read()).length >= finished.length);
    const rows = new Map((await read()).map((row) => [row.name, row]));
    const objects = await soundObjects(store);
    assert.is(rows.size, finished.length);
    for (const { metadata, status } of finished) {
      const row = rows.get(metadata.name);
      const archived = JSON.parse(row?.document ?? '{}') as WorkflowRun;
      assert.equal(archived.status?.attestation, status?.attestation, metadata.name);
      assert.equal(archived.status?.materials, status?.materials, metadata.name);
      assert.ok(objects.has(row?.record_digest ?? ''), `the record of ${metadata.name} is gone`);
    }
    return finished.length;
  } finally {
    await database.destroy();
  }
}
