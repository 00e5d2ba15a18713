import { KIND } from '../api/kinds.ts';
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { ObjectMeta } from '../api/object.ts';
import { REASON } from '../api/reasons.ts';
import type { Secret } from '../api/secret.ts';
import type { Subscription, SubscriptionStatus } from '../api/types.gen.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import { endpointRef, readEndpoint } from '../outbound/secret-endpoint.ts';
import { filterSource, sayFilterFault } from '../policy/event-filter.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { conditionsFor, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { findingOf } from './failures.ts';
import { checkSource } from './policy-check.ts';
import { ensureOwned } from './provision.ts';

/** Who delivers. */
const RECEIVER = 'proviso-receiver';
/** Secrets aren't watched, and neither is what was made here. */
const RECHECK_MINUTES = 1;
const RESYNC_MINUTES = 10;

/** The Role that lets the receiver read one endpoint. No Workflow can have such a name, whose Role would be called alike. */
export const endpointRole = (subscription: string): string => `proviso-subscription:${subscription}`;

/** Says whether events can be delivered, and lets the receiver read the one Secret that it takes. */
export async function reconcileSubscription(
  context: OperatorContext,
  subscription: Subscription,
): Promise<ReconcileResult> {
  const { generation = 0 } = subscription.metadata;
  const finding = await examine(context, subscription);
  const conditions = conditionsFor(finding, generation, subscription.status?.conditions, context.now());
  const status: SubscriptionStatus = { observedGeneration: generation, conditions };
  recordTransition(context.events, subscription, KIND.Subscription.kind, conditions);
  // The receiver writes what became of deliveries beside it, which is no reason to look again.
  await applyStatus(context.client, KIND.Subscription, subscription, status, { fieldManager: OPERATOR_MANAGER });
  const isSettled = finding.state === 'ready' && endpointRef(subscription.spec).secretRef === undefined;
  return { requeueAfterMs: jittered(isSettled ? RESYNC_MINUTES : RECHECK_MINUTES) };
}

async function examine(context: OperatorContext, subscription: Subscription): Promise<Finding> {
  try {
    return (await filterFinding(context, subscription)) ?? (await endpointFinding(context, subscription));
  } catch (error) {
    return findingOf(error);
  }
}

async function filterFinding(
  { engines, signal }: OperatorContext,
  { spec }: Subscription,
): Promise<Finding | undefined> {
  const { filter } = spec;
  if (filter === undefined) return undefined;
  const verdict = await checkSource(engines.CEL, filterSource(filter), signal);
  if (verdict.state === 'unknown') {
    const message = `spec.filter can't be checked: ${verdict.why}`;
    return { state: 'waiting', reason: REASON.EngineUnavailable, message };
  }
  const [wrong] = verdict.findings;
  if (wrong === undefined) return undefined;
  return { state: 'stalled', reason: REASON.InvalidSpec, message: `spec.filter: ${sayFilterFault(filter, wrong)}` };
}

/** The right comes first and goes last: it names a Secret only while that may be sent to its own address. */
async function endpointFinding(context: OperatorContext, subscription: Subscription): Promise<Finding> {
  const ref = endpointRef(subscription.spec);
  const { namespace = '' } = subscription.metadata;
  const name = ref.secretRef?.name;
  const secret = name === undefined ? undefined : await context.client.find<Secret>(KIND.Secret, { namespace, name });
  const reading = readEndpoint(ref, secret);
  await grant(context, subscription, reading.ok ? name : undefined);
  if (reading.ok) return { state: 'ready', message: `events are posted to ${reading.endpoint.url.host}` };
  const reason = reading.missing ? REASON.EndpointNotFound : REASON.EndpointInvalid;
  return { state: 'stalled', reason, message: reading.message };
}

/** Lets the receiver read one Secret of the namespace, or none of it any more. */
async function grant(context: OperatorContext, subscription: Subscription, secret: string | undefined): Promise<void> {
  const { client, stores, namespace } = context;
  const metadata = metadataOf(subscription);
  if (secret === undefined && stores.roles.get(metadata) === undefined) return;
  const owned = { metadata, owner: subscription, ownerKind: KIND.Subscription.kind };
  const rules =
    secret === undefined ? [] : [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get'] }];
  await ensureOwned(client, KIND.Role, stores.roles, owned, { rules });
  await ensureOwned(client, KIND.RoleBinding, stores.roleBindings, owned, {
    roleRef: { apiGroup: KIND.Role.group, kind: KIND.Role.kind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: RECEIVER, namespace }],
  });
}

function metadataOf({ metadata: { name, namespace = '', uid = '' } }: Subscription): ObjectMeta {
  return {
    name: endpointRole(name),
    namespace,
    labels: { [LABEL_MANAGED_BY]: MANAGED_BY },
    ownerReferences: [{ apiVersion: API_VERSION, kind: KIND.Subscription.kind, name, uid, controller: true }],
  };
}
