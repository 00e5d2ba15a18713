import type { Finding } from '../../api/problem.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import type { Authored, AuthoredKind } from '../../api/validate.ts';
import type { PolicyEngines } from '../../policy/engines.ts';
import { sayFinding } from '../../policy/source-findings.ts';

/** Those that are at hand; what another one would say of a source only the operator tells. */
export type LintEngines = Partial<PolicyEngines>;

/**
 * What is wrong with the source that stands in a policy itself, as its engine finds it. What lies in ConfigMaps and registries only the
 * operator sees.
 */
export async function policyFindings<K extends AuthoredKind>(
  kind: K,
  object: Authored[K],
  engines: LintEngines,
): Promise<readonly Finding[]> {
  if (kind !== 'Policy' && kind !== 'ClusterPolicy') return [];
  const { engine = 'CEL', source } = object.spec as PolicySpec;
  if (source.inline === undefined) return [];
  const found = (await engines[engine]?.check(source.inline)) ?? [];
  return found.map((finding) => ({ at: 'spec.source.inline', message: sayFinding(finding) }));
}
