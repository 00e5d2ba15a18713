import { KIND, type ResourceKind } from '../api/kinds.ts';
import {
  API_VERSION,
  GROUP,
  LABEL_MANAGED_BY,
  LABEL_WORKFLOW,
  MANAGED_BY,
  SUBMIT_VERB,
  submitterName,
} from '../api/labels.ts';
import type { KubeObject, ObjectMeta } from '../api/object.ts';
import type { Workflow } from '../api/types.gen.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import { apiVersionOf } from '../kube/path.ts';
import type { Store } from '../kube/store.ts';
import type { OperatorContext } from './context.ts';
import { NameTakenError } from './failures.ts';
import { isOurs } from './ours.ts';

/** Metadata of everything that is provisioned for a workflow. */
export function ownedMetadata(workflow: Workflow, annotations?: Readonly<Record<string, string>>): ObjectMeta {
  const { name, namespace = '', uid = '' } = workflow.metadata;
  return {
    name: submitterName(name),
    namespace,
    labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_WORKFLOW]: name },
    ownerReferences: [{ apiVersion: API_VERSION, kind: KIND.Workflow.kind, name, uid, controller: true }],
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Whether an object was provisioned for exactly this owner, and not for one that had its name before. */
export const isProvisionedFor = (object: KubeObject, owner: KubeObject): boolean =>
  isOurs(object) && (object.metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid);

/** What is provisioned, and for whom. */
export interface Owned {
  readonly metadata: ObjectMeta;
  readonly owner: KubeObject;
  readonly ownerKind: string;
}

/** Makes sure of the service account and of its right to submit to this one workflow. Throws `NameTakenError`. */
export async function provisionAccess(context: OperatorContext, workflow: Workflow): Promise<KubeObject> {
  const { client, stores } = context;
  const account = submitterName(workflow.metadata.name);
  const owned = { metadata: ownedMetadata(workflow), owner: workflow, ownerKind: KIND.Workflow.kind };
  const serviceAccount = await ensureOwned(client, KIND.ServiceAccount, stores.serviceAccounts, owned, {
    automountServiceAccountToken: false,
  });
  await ensureOwned(client, KIND.Role, stores.roles, owned, {
    rules: [
      { apiGroups: [GROUP], resources: ['workflows'], resourceNames: [workflow.metadata.name], verbs: [SUBMIT_VERB] },
    ],
  });
  await ensureOwned(client, KIND.RoleBinding, stores.roleBindings, owned, {
    roleRef: { apiGroup: KIND.Role.group, kind: KIND.Role.kind, name: account },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: workflow.metadata.namespace ?? '' }],
  });
  return serviceAccount;
}

/** Applies an object unless the watch shows it just so already. Throws `NameTakenError`. */
export async function ensureOwned(
  client: KubeClient,
  kind: ResourceKind,
  store: Store<KubeObject>,
  { metadata, owner, ownerKind }: Owned,
  content: Readonly<Record<string, unknown>>,
): Promise<KubeObject> {
  const seen = store.get(metadata);
  if (seen !== undefined && isProvisionedFor(seen, owner) && holds(seen, content)) return seen;
  const found = await client.find<KubeObject>(kind, metadata);
  if (found !== undefined && !isProvisionedFor(found, owner)) throw nameTaken(kind, found, owner, ownerKind);
  const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, ...content };
  return client.apply<KubeObject>(kind, object, { fieldManager: OPERATOR_MANAGER, force: true });
}

/** The error that tells who has the name of what is to be provisioned. */
export function nameTaken(
  { kind }: ResourceKind,
  found: KubeObject,
  wanting: KubeObject,
  wantingKind: string = KIND.Workflow.kind,
): NameTakenError {
  const { name, namespace, ownerReferences = [] } = found.metadata;
  const isLeftOver =
    isOurs(found) &&
    ownerReferences.some((owner) => owner.kind === wantingKind && owner.name === wanting.metadata.name);
  const what = `the ${kind} ${namespace}/${name}`;
  return isLeftOver
    ? new NameTakenError(
        `${what} was made for an earlier ${wantingKind} of this name; the cluster removes it by itself`,
        true,
      )
    : new NameTakenError(`${what} exists and was not made for this ${wantingKind}; rename or delete it`);
}

/** Whether every member stands in the object as wanted; the API server adds empty ones of its own. */
function holds(object: KubeObject, content: Readonly<Record<string, unknown>>): boolean {
  const members = object as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(content).every(([name, value]) => sameJson(members[name], value));
}

const sameJson = (a: unknown, b: unknown): boolean => sorted(a) === sorted(b);

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
