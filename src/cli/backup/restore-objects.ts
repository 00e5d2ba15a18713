import { KIND, type ResourceKind } from '../../api/kinds.ts';
import { API_VERSION, GROUP } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import { OPERATOR_MANAGER } from '../../kube/apply.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/error.ts';
import { contractOf, type KeptObject } from './objects.ts';
import { differences } from './standing.ts';

/** What became of one object. */
export type Outcome =
  | { readonly kind: 'created' | 'replaced' | 'unchanged' }
  /** It is there otherwise, and was left; `at` are field paths. */
  | { readonly kind: 'different'; readonly at: readonly string[] }
  /** The API server refuses it. */
  | { readonly kind: 'refused'; readonly why: string };

export interface RestoreOptions {
  readonly client: KubeClient;
  /** Whether what differs is made as the backup has it. */
  readonly replace: boolean;
  /** Whether the API server does everything but keep it. */
  readonly dryRun: boolean;
}

/** Owns the fields of what is created here. */
const MANAGER = 'proviso-restore';

/** Brings one object back. What the API server refuses is an outcome, so that it keeps no other out; throws when it can't be asked. */
export async function restoreObject(options: RestoreOptions, kind: ResourceKind, object: KeptObject): Promise<Outcome> {
  try {
    return await bringBack(options, kind, object);
  } catch (error) {
    if (!(error instanceof KubeError) || error.code < 400 || error.code >= 500 || error.code === 429) throw error;
    return { kind: 'refused', why: error.message };
  }
}

async function bringBack(
  { client, replace, dryRun }: RestoreOptions,
  kind: ResourceKind,
  object: KeptObject,
): Promise<Outcome> {
  // What the operator writes too has to be its own alone: it could take nothing out of it again else.
  const isOperators = kind === KIND.Secret || kind === KIND.ControllerRevision;
  const fieldManager = isOperators ? OPERATOR_MANAGER : MANAGER;
  const current = await client.find(kind, object.metadata);
  if (current === undefined) {
    await client.apply(kind, object, { fieldManager, dryRun });
    return { kind: 'created' };
  }
  const { at, patch } = differences(kind === KIND.Namespace ? ownPart(object) : object, current);
  if (at.length === 0) return { kind: 'unchanged' };
  if (!replace) return { kind: 'different', at };
  if (isOperators) await client.apply(kind, object, { fieldManager, dryRun, force: true });
  else {
    const { resourceVersion } = current.metadata;
    const metadata = { ...(patch.metadata as object | undefined), resourceVersion };
    await client.mergePatch(kind, object.metadata, { ...patch, metadata }, { fieldManager, dryRun });
  }
  return { kind: 'replaced' };
}

/** A namespace that is there is its cluster's business, but for what is said to Proviso, such as a legal hold. */
function ownPart({ metadata, ...rest }: KeptObject): KeptObject {
  const labels = Object.entries(metadata.labels ?? {}).filter(([name]) => name.startsWith(`${GROUP}/`));
  return { ...rest, metadata: { name: metadata.name, labels: Object.fromEntries(labels) } };
}

/** Has a revision belong to the contract that has its name now, and so go with it. */
export async function adoptRevision({ client, dryRun }: RestoreOptions, revision: KeptObject): Promise<void> {
  const owner = contractOf(revision);
  if (owner === undefined || dryRun) return;
  const [contract, current] = [
    await client.find(owner.kind, owner.ref),
    await client.find(KIND.ControllerRevision, revision.metadata),
  ];
  const uid = contract?.metadata.uid;
  if (contract === undefined || current === undefined || uid === undefined || isOwnedBy(current, uid)) return;
  const reference = { apiVersion: API_VERSION, kind: owner.kind.kind, name: owner.ref.name, uid, controller: true };
  const metadata = { resourceVersion: current.metadata.resourceVersion, ownerReferences: [reference] };
  await client.mergePatch(KIND.ControllerRevision, revision.metadata, { metadata }, { fieldManager: OPERATOR_MANAGER });
}

const isOwnedBy = ({ metadata }: KubeObject, uid: string): boolean =>
  (metadata.ownerReferences ?? []).some((reference) => reference.uid === uid);
