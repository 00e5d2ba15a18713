import { Problem } from '../../src/api/problem.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import { connect } from '../../src/kube/connect.ts';
import { createKubeClient } from '../../src/kube/rest.ts';
import { createTrustRoots, type TrustRoots } from '../../src/receiver/trust-roots.ts';
import type { Operated } from './operated.ts';

export const SYSTEM = 'proviso-system';
export const TARGET = 'trusted_root.json';
export const HOUR_MS = 3600_000;

export const says = (root: TrustRoot): string => root.status?.conditions?.[0]?.message ?? '';

/** What tests do with trust roots, on an operator that runs. */
export class TrustRootBench {
  readonly #operated: Operated;

  constructor(operated: Operated) {
    this.#operated = operated;
  }

  apply(name: string, spec: object): Promise<string> {
    return this.#operated.apply('TrustRoot', name, spec);
  }

  until(name: string, reason: string): Promise<TrustRoot> {
    return this.#operated.untilReason<TrustRoot>('trustroot', name, reason);
  }

  /** A ConfigMap in Proviso's namespace. */
  async configMap(name: string, data: Readonly<Record<string, string>>): Promise<void> {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: SYSTEM }, data };
    await this.#operated.kubectl('apply -f -', JSON.stringify(object));
  }

  /** The document as it lies in Proviso's namespace. */
  async published(name: string): Promise<string> {
    const text = await this.#operated.kubectl(`get configmap -n ${SYSTEM} proviso-trust-root-${name} -o json`);
    return (JSON.parse(text) as { data: Readonly<Record<string, string>> }).data[TARGET] ?? '';
  }

  /** The receiver's view, with its own rights and without a memory. */
  async receiver(): Promise<TrustRoots> {
    const kubeconfig = await this.#operated.plane.serviceAccountKubeconfig(SYSTEM, 'proviso-receiver');
    return createTrustRoots(createKubeClient(connect(kubeconfig).transport), SYSTEM);
  }

  /** What the receiver takes or says. */
  async taken(name: string | undefined, namespace = 'shop'): Promise<string> {
    try {
      const { digest } = await (await this.receiver()).get(name, namespace);
      return `took ${digest}`;
    } catch (error) {
      if (error instanceof Problem) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  /** Has the operator look again, as at the hourly look. */
  look(name: string): Promise<string> {
    return this.#operated.kubectl(`annotate trustroot ${name} --overwrite looked=${Math.random()}`);
  }
}
