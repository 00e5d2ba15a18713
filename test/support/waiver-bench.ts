import * as assert from 'uvu/assert';
import { CONDITION, type Condition, findCondition } from '../../src/api/conditions.ts';
import type { Waiver, WaiverSpec } from '../../src/api/types.gen.ts';
import type { CommandResult } from '../controlplane/index.ts';
import { eventually } from './eventually.ts';
import { manifest } from './manifest.ts';
import type { Operated } from './operated.ts';

/** Who is who: a user without rights of his own, bound to roles of the namespace `shop`. */
export const ROLES: Readonly<Record<string, readonly string[]>> = {
  alice: ['proviso-edit', 'proviso-view'],
  bob: ['proviso-approve'],
  carol: ['proviso-edit', 'proviso-view', 'proviso-approve'],
  dave: ['proviso-view'],
  boss: ['proviso-edit', 'proviso-view', 'system:aggregate-to-admin', 'system:aggregate-to-edit'],
};
const group = 'rbac.authorization.k8s.io';
const binding = (user: string, role: string, index: number): object => ({
  apiVersion: `${group}/v1`,
  kind: 'RoleBinding',
  metadata: { name: `${user}-${index}`, namespace: 'shop' },
  roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: group, kind: 'User', name: user }],
});

export const SECONDS = 1000;
export const DAY = 86_400 * SECONDS;

export const activeOf = ({ status }: Waiver): Condition | undefined =>
  findCondition(status?.conditions, CONDITION.Active);

/** `ms` from now, RFC 3339. */
export const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

export const done = ({ code, stderr }: CommandResult): void => assert.is(code, 0, stderr);
export const refused = ({ code, stderr }: CommandResult, why: RegExp): void =>
  assert.ok(code === 1 && why.test(stderr), `${why} was expected, and not ${code} ${stderr}`);

/** What the operator has written down of a waiver, one after the other: `Allowed Approved`. */
export const judgedOf = ({ audited }: Pick<Operated, 'audited'>, waiver: string): readonly string[] =>
  audited
    .filter(({ action, what }) => action === 'WaiverJudged' && what.waiver === waiver)
    .map(({ verdict, what }) => `${verdict} ${what.reason}`);

/** What a bench needs of a cluster. */
type Cluster = Pick<Operated, 'kubectl' | 'plane' | 'read'>;

/** What tests do with waivers in the namespace `shop`, on an operator that runs. */
export class WaiverBench {
  readonly #operated: Cluster;

  constructor(operated: Cluster) {
    this.#operated = operated;
  }

  /** Binds the roles, and waits until admission is in force and waivers are taken for made after that. */
  async prepare(): Promise<void> {
    const items = Object.entries(ROLES).flatMap(([user, roles]) =>
      roles.map((role, index) => binding(user, role, index)),
    );
    await this.#operated.kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await this.enforced();
  }

  /** An API server holds to a policy a moment after it is there; what is made in that moment doesn't count. */
  async enforced(): Promise<void> {
    await eventually('the admission policy', async () =>
      /must be alice/.test((await this.create('alice', 'probe', { requestedBy: 'mallory' })).stderr),
    );
    const path = [
      'get',
      'validatingadmissionpolicybinding',
      'proviso-waivers',
      '-o',
      'jsonpath={.metadata.creationTimestamp}',
    ];
    const { stdout } = await this.#operated.plane.kubectl(path);
    const waitMs = Date.parse(stdout) + 7 * SECONDS - Date.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }

  as(user: string, args: readonly string[], input?: string): Promise<CommandResult> {
    const who = [`--as=${user}`, '--as-group=system:authenticated'];
    return this.#operated.plane.kubectl([...args, '-n', 'shop', ...who], input === undefined ? {} : { input });
  }

  /** As a waiver of the material `sbom` for an hour; what is undefined is left out. */
  spec(user: string, spec: object = {}): object {
    const selector = { matchLabels: { app: 'legacy' } };
    const facts = { owner: 'payments', reason: 'the vendor is late', expires: inMs(3600 * SECONDS), requestedBy: user };
    return { material: 'sbom', selector, ...facts, ...spec };
  }

  create(user: string, name: string, spec: object = {}): Promise<CommandResult> {
    return this.as(user, ['create', '-f', '-'], manifest('Waiver', name, this.spec(user, spec)));
  }

  patch(user: string, name: string, body: object, ...flags: readonly string[]): Promise<CommandResult> {
    return this.as(user, ['patch', 'waiver', name, '--type=merge', '-p', JSON.stringify(body), ...flags]);
  }

  read(name: string): Promise<Waiver> {
    return this.#operated.read<Waiver>('waiver', name);
  }

  /** What writes an approval in the name of `user`, for the waiver as it stands. */
  async approval(name: string, user: string): Promise<{ readonly spec: Partial<WaiverSpec> }> {
    const { metadata } = await this.read(name);
    return { spec: { approvedBy: user, ...(metadata.uid === undefined ? {} : { approvedUid: metadata.uid }) } };
  }

  async approve(user: string, name: string): Promise<CommandResult> {
    return this.patch(user, name, await this.approval(name, user));
  }

  /** The verbs that a user holds in the namespace, in the order of the alphabet. */
  async rights(user: string, resource = 'waivers.proviso.dev'): Promise<string> {
    const lines = (await this.as(user, ['auth', 'can-i', '--list'])).stdout.split('\n');
    const own = lines.filter((line) => line.startsWith(`${resource} `));
    const verbs = own.flatMap((line) => /\[([^\]]*)\]$/.exec(line.trim())?.[1]?.split(' ') ?? []);
    return [...new Set(verbs)].sort().join(' ');
  }

  /** Has the operator look again, as after a minute. */
  look(name: string): Promise<string> {
    return this.#operated.kubectl(`annotate waiver -n shop ${name} --overwrite looked=${Math.random()}`);
  }

  /** Waits until Active of the current generation has the reason. */
  until(name: string, reason: string, seconds = 20): Promise<Waiver> {
    return eventually(
      `waiver ${name} to be ${reason}`,
      async () => {
        const waiver = await this.read(name);
        const active = activeOf(waiver);
        if (active?.reason === reason && active.observedGeneration === waiver.metadata.generation) return waiver;
        throw new Error(JSON.stringify(waiver.status));
      },
      seconds,
    );
  }
}
