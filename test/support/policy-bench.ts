import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { ClusterPolicy, Policy } from '../../src/api/types.gen.ts';
import type { PolicyEngines } from '../../src/policy/engines.ts';
import type { PolicyEngine, SourceFinding } from '../../src/policy/evaluation.ts';
import type { Operated } from './operated.ts';
import { unavailableEngine } from './unavailable-engine.ts';

/** What a source says that makes the engine of these tests do something else than find it good. */
export const SAYS = { hang: 'hang', fail: 'throw', findings: 'findings ' } as const;

/** An engine that does what the source says; a real one has tests of its own. */
export const scriptedEngine: PolicyEngine = {
  ...unavailableEngine('scripted'),
  check(source) {
    if (source === SAYS.hang) return new Promise(() => {});
    if (source === SAYS.fail) throw new Error('the worker fell over');
    if (!source.startsWith(SAYS.findings)) return Promise.resolve([]);
    return Promise.resolve(JSON.parse(source.slice(SAYS.findings.length)) as readonly SourceFinding[]);
  },
};

/** Rego is one that this version doesn't have. */
export const SCRIPTED: PolicyEngines = { CEL: scriptedEngine, Rego: unavailableEngine('Rego') };

const KINDS = { kinds: ['SBOM_CYCLONEDX_JSON'] };

export const messageOf = ({ status }: Policy | ClusterPolicy): string =>
  findCondition(status?.conditions, CONDITION.Ready)?.message ?? '';

/** What tests do with policies, on an operator that runs. */
export class PolicyBench {
  readonly #operated: Operated;

  constructor(operated: Operated) {
    this.#operated = operated;
  }

  /** In the namespace `shop`. */
  apply(name: string, spec: object): Promise<string> {
    return this.#operated.apply('Policy', name, { ...KINDS, ...spec });
  }

  applyCluster(name: string, spec: object): Promise<string> {
    return this.#operated.apply('ClusterPolicy', name, { ...KINDS, ...spec });
  }

  until(name: string, reason: string, seconds?: number): Promise<Policy> {
    return this.#operated.untilReason<Policy>('policies.proviso.dev', name, reason, seconds);
  }

  untilCluster(name: string, reason: string, seconds?: number): Promise<ClusterPolicy> {
    return this.#operated.untilReason<ClusterPolicy>('clusterpolicy', name, reason, seconds);
  }

  /** Has the operator look again, as after some minutes. */
  look(name: string): Promise<string> {
    return this.#operated.kubectl(`annotate policies.proviso.dev -n shop ${name} --overwrite looked=${Math.random()}`);
  }

  async configMap(namespace: string, name: string, data: Readonly<Record<string, string>>): Promise<void> {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
    await this.#operated.kubectl('apply -f -', JSON.stringify(object));
  }
}
