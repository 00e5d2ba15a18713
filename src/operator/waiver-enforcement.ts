import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { KubeClient } from '../kube/client.ts';

/** The name of the admission policy that holds author and approver apart, and of its binding: config/admission/waivers.yaml. */
const NAME = 'proviso-waivers';
/** API servers hold to a new policy after a moment; a creation time has no more than seconds. */
const SETTLED_MS = 5_000;

interface AdmissionPolicy extends KubeObject {
  readonly spec: { readonly failurePolicy?: string };
}
interface AdmissionPolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
    readonly matchResources?: object;
  };
}

/** Whether the API server has held the rules of approval for an object ever since it was made. */
export type Enforcement = { readonly enforced: true } | { readonly enforced: false; readonly why: string };

/**
 * Looks at the admission policy and its binding. What they say is left to whoever may write such objects: he could do
 * without them. Throws what the client throws.
 */
export async function approvalEnforcement(client: KubeClient, { metadata }: KubeObject): Promise<Enforcement> {
  const [policy, binding] = await Promise.all([
    client.find<AdmissionPolicy>(KIND.ValidatingAdmissionPolicy, { name: NAME }),
    client.find<AdmissionPolicyBinding>(KIND.ValidatingAdmissionPolicyBinding, { name: NAME }),
  ]);
  if (policy === undefined) return not(`there is no ValidatingAdmissionPolicy ${NAME}`);
  if (binding === undefined) return not(`there is no ValidatingAdmissionPolicyBinding ${NAME}`);
  const { policyName, validationActions = [], matchResources } = binding.spec;
  if (policy.spec.failurePolicy === 'Ignore') {
    return not(`the ValidatingAdmissionPolicy ${NAME} has the failurePolicy Ignore`);
  }
  if (policyName !== NAME || !validationActions.includes('Deny') || matchResources !== undefined) {
    return not(`the ValidatingAdmissionPolicyBinding ${NAME} doesn't deny by that policy everywhere`);
  }
  const isOlder = [policy, binding].every((each) => timeOf(each.metadata) + SETTLED_MS < timeOf(metadata));
  return isOlder ? { enforced: true } : not('it was made before that was enforced; make it anew');
}

const not = (why: string): Enforcement => ({
  enforced: false,
  why: `nothing holds that somebody else than its author has approved it: ${why}`,
});

const timeOf = ({ creationTimestamp = '' }: KubeObject['metadata']): number => Date.parse(creationTimestamp);
