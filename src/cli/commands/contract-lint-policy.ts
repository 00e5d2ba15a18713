import type { Finding } from '../../api/problem.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import type { Authored, AuthoredKind } from '../../api/validate.ts';
import type { PolicyEngines } from '../../policy/engines.ts';
import { sayFinding } from '../../policy/source-findings.ts';

/**
 * What is wrong with the source that stands in a policy itself, as its engine finds it. What lies in ConfigMaps and registries only the
 * operator sees, and what an engine can't find out here it tells.
 */
export async function policyFindings<K extends AuthoredKind>(
  kind: K,
  object: Authored[K],
  engines: PolicyEngines,
): Promise<readonly Finding[]> {
  if (kind !== 'Policy' && kind !== 'ClusterPolicy') return [];
  const { engine = 'CEL', source } = object.spec as PolicySpec;
  if (source.inline === undefined) return [];
  const found = (await engines[engine].check(source.inline)).filter(({ reason }) => reason === undefined);
  return found.map((finding) => ({ at: 'spec.source.inline', message: sayFinding(finding) }));
}
