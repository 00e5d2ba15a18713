import { KIND } from '../../api/kinds.ts';
import { type Secret, secretText } from '../../api/secret.ts';
import { readKeyList } from '../../verify/key-list.ts';
import type { KeptObject } from './objects.ts';
import { type Outcome, type RestoreOptions, restoreObject } from './restore-objects.ts';

/** Brings the keys of the control plane back, unless those that are there are the same installation's and know them all. */
export async function restoreKeys(options: RestoreOptions, kept: KeptObject): Promise<Outcome> {
  const current = await options.client.find<Secret>(KIND.Secret, kept.metadata);
  if (current !== undefined && hasAllOf(current, kept)) return { kind: 'unchanged' };
  const outcome = await restoreObject(options, KIND.Secret, kept);
  // Which of its values differ is nobody's business.
  return outcome.kind === 'different' ? { kind: 'different', at: ['data'] } : outcome;
}

/** They were replaced in due time since, and what they signed before still counts. */
function hasAllOf(current: Secret, kept: Secret): boolean {
  const [now, before] = [current, kept].map((each) => readKeyList(secretText(each, 'keys.json') ?? ''));
  if (!now?.ok || !before?.ok || now.list.verifierId !== before.list.verifierId) return false;
  const known = new Set(now.list.keys.map(({ fingerprint }) => fingerprint));
  return before.list.keys.every(({ fingerprint }) => known.has(fingerprint));
}
