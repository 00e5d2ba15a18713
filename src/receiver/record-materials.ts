import { isDeepStrictEqual } from 'node:util';
import { KIND } from '../api/kinds.ts';
import type { RecordedMaterial, WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { progressOf } from '../contract/progress.ts';
import { madeAnew, RECEIVER_MANAGER } from '../kube/apply.ts';
import type { JsonPatch, KubeClient } from '../kube/client.ts';
import { isStatus } from '../kube/error.ts';
import { createGathered, type Gathered } from '../queue/gathered.ts';
import type { ReceiverContext } from './context.ts';
import { ensureOpened } from './find-run.ts';
import { latestKnown } from './run-access.ts';

/** A material on its way into the status of a run. */
export interface Entry {
  readonly run: WorkflowRun;
  readonly contract: EffectiveContract;
  readonly material: RecordedMaterial;
}

/** By the uid of the run; resolves with the run as it was written, and throws what the API server says against the entry. */
export type RecordMaterials = Gathered<Entry, WorkflowRun>;

/** Pipelines hand in what one step has made at once; that comes in within this time. */
const GATHER_MS = 10;
/** What others write in between makes it start over, so often at most. */
const MAX_ROUNDS = 5;

/**
 * Writes materials and the progress that they make. Those of one run that come at the same time go in one write, and the rest one
 * after the other: writes to one object at once make the API server do each of them several times over (docs/adr/0013).
 */
export const createRecordMaterials = (context: Pick<ReceiverContext, 'client' | 'runs'>): RecordMaterials =>
  createGathered(GATHER_MS, async (entries, before) => {
    const [{ run, contract }] = entries as readonly [Entry];
    const materials = entries.map(({ material }) => material);
    if (new Set(materials.map(({ name }) => name)).size < materials.length) {
      throw new Error('of two materials of one name the API server would see but one');
    }
    return write(context.client, before ?? (await newest(context, run)), contract, materials);
  });

/** As the watch or the request has it, with a status in any case. */
async function newest(context: Pick<ReceiverContext, 'client' | 'runs'>, run: WorkflowRun): Promise<WorkflowRun> {
  const known = latestKnown(context, run);
  if (known.status !== undefined) return known;
  // A watch shows a run without status for a moment; that of a receiver which was killed in between has none.
  return ensureOpened(context, await again(context.client, run));
}

async function write(
  client: KubeClient,
  first: WorkflowRun,
  contract: EffectiveContract,
  materials: readonly RecordedMaterial[],
): Promise<WorkflowRun> {
  const options = { fieldManager: RECEIVER_MANAGER, subresource: 'status' } as const;
  let patch = patchOf(first, contract, materials);
  for (let round = 1; ; round += 1) {
    try {
      return await client.jsonPatch<WorkflowRun>(KIND.WorkflowRun, first.metadata, patch, options);
    } catch (error) {
      // Either the run isn't as the patch takes it to be, or it is, and what is added is refused.
      if (!isStatus(error, 422) || round === MAX_ROUNDS) throw error;
      const now = patchOf(await again(client, first), contract, materials);
      if (isDeepStrictEqual(now, patch)) throw error;
      patch = now;
    }
  }
}

async function again(client: KubeClient, run: WorkflowRun): Promise<WorkflowRun> {
  const now = await client.get<WorkflowRun>(KIND.WorkflowRun, run.metadata);
  if (now.metadata.uid === run.metadata.uid) return now;
  throw madeAnew(KIND.WorkflowRun, run.metadata.name);
}

/** Puts the entries where they belong in the run as it is known, and nowhere in another state of it. */
function patchOf(
  { metadata, status }: WorkflowRun,
  contract: EffectiveContract,
  materials: readonly RecordedMaterial[],
): JsonPatch {
  const known = status?.materials;
  const names = new Map(known?.map(({ name }, index) => [name, index]));
  const placed = materials.map((material) => ({ material, at: names.get(material.name) }));
  const added = placed.flatMap(({ material, at }) => (at === undefined ? [material] : []));
  const replaced = placed.flatMap(({ material, at }) => (at === undefined ? [] : [{ material, at }]));
  const list = '/status/materials';
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    ...replaced.flatMap(({ material, at }) => [
      { op: 'test', path: `${list}/${at}/name`, value: material.name } as const,
      { op: 'replace', path: `${list}/${at}`, value: material } as const,
    ]),
    ...(known === undefined
      ? ([
          { op: 'test', path: list, value: null },
          { op: 'add', path: list, value: added },
        ] as const)
      : added.map((value) => ({ op: 'add', path: `${list}/-`, value }) as const)),
    { op: 'add', path: '/status/progress', value: progressOf(contract, [...(known ?? []), ...added]) },
  ];
}
