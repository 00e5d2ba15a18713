import type { DigestEdge } from '../api/messages.ts';
import type { ArchiveDatabase, DigestRole } from './tables.ts';

/** Towards what something was made with, or towards what was made with it. */
export type Direction = 'origins' | 'uses';

export interface Discovery {
  readonly edges: readonly DigestEdge[];
  /** Whether there was more than is looked at. */
  readonly truncated: boolean;
}

export interface DiscoverOptions {
  readonly direction: Direction;
  /** How many runs to go through at most, one behind the other. */
  readonly depth: number;
  /** Those that the caller may read: others aren't gone through either. */
  readonly namespaces: readonly string[];
  readonly maxRuns: number;
}

/** By which roles the walk enters a run from a digest, and leaves it to others. */
const WAYS: Readonly<Record<Direction, { readonly into: readonly DigestRole[]; readonly outOf: DigestRole }>> = {
  origins: { into: ['output', 'attestation', 'statement', 'evaluations'], outOf: 'input' },
  uses: { into: ['input'], outOf: 'output' },
};
const BATCH = 100;

/**
 * Walks the digest graph from one digest, breadth first. The first step enters every run that names the digest, whatever it is
 * there; from then on only those that made it (`origins`) or used it (`uses`).
 */
export async function discover(
  database: ArchiveDatabase,
  start: string,
  { direction, depth, namespaces, maxRuns }: DiscoverOptions,
): Promise<Discovery> {
  const { into, outOf } = WAYS[direction];
  const edges: DigestEdge[] = [];
  const seenRuns = new Set<string>();
  const seenDigests = new Set([start]);
  let front: readonly string[] = namespaces.length === 0 ? [] : [start];
  for (let distance = 1; distance <= depth && front.length > 0; distance += 1) {
    const runs = (await runsNaming(database, front, distance === 1 ? undefined : into, namespaces)).filter(
      (uid) => !seenRuns.has(uid),
    );
    const room = maxRuns - seenRuns.size;
    for (const uid of runs.slice(0, room)) seenRuns.add(uid);
    const found = await edgesOf(database, runs.slice(0, room), distance);
    edges.push(...found);
    if (runs.length > room) return { edges, truncated: true };
    const next = found.filter(({ role, digest }) => role === outOf && !seenDigests.has(digest));
    front = [...new Set(next.map(({ digest }) => digest))];
    for (const digest of front) seenDigests.add(digest);
  }
  return { edges, truncated: false };
}

async function runsNaming(
  database: ArchiveDatabase,
  digests: readonly string[],
  roles: readonly DigestRole[] | undefined,
  namespaces: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let from = 0; from < digests.length; from += BATCH) {
    const rows = await database
      .selectFrom('digests')
      .innerJoin('runs', 'runs.uid', 'digests.run_uid')
      .select(['runs.uid', 'runs.started'])
      .distinct()
      .where('digests.digest', 'in', digests.slice(from, from + BATCH))
      .$if(roles !== undefined, (query) => query.where('digests.role', 'in', [...(roles ?? [])]))
      .where('runs.namespace', 'in', [...namespaces])
      .orderBy('runs.started', 'desc')
      .orderBy('runs.uid', 'desc')
      .execute();
    for (const { uid } of rows) found.add(uid);
  }
  return [...found];
}

async function edgesOf(
  database: ArchiveDatabase,
  uids: readonly string[],
  distance: number,
): Promise<readonly DigestEdge[]> {
  const found: DigestEdge[] = [];
  for (let from = 0; from < uids.length; from += BATCH) {
    const rows = await database
      .selectFrom('digests')
      .innerJoin('runs', 'runs.uid', 'digests.run_uid')
      .select(['digests.digest', 'digests.role', 'digests.name', 'digests.type'])
      .select(['runs.name as run', 'runs.namespace', 'runs.workflow', 'runs.succeeded'])
      .where('digests.run_uid', 'in', uids.slice(from, from + BATCH))
      .orderBy('runs.started', 'desc')
      .orderBy('runs.uid', 'desc')
      .orderBy('digests.name')
      .execute();
    found.push(...rows.map((row) => ({ ...row, distance })));
  }
  return found;
}
