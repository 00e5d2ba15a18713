import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/api/audit-line.ts';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type {
  ClusterContract,
  ClusterPolicy,
  ClusterPolicyGroup,
  Contract,
  EvidenceStore,
  Policy,
  PolicyGroup,
  TrustRoot,
  Waiver,
  Workflow,
} from '../../src/api/types.gen.ts';
import { connect } from '../../src/kube/connect.ts';
import type { AllowedIssuer } from '../../src/oidc/issuers.ts';
import { CONTROLLERS } from '../../src/operator/observers.ts';
import { ProvisoOperator } from '../../src/operator/operator.ts';
import { closeEngines, createEngines, type PolicyEngines } from '../../src/policy/engines.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from './eventually.ts';
import { brokenInvariants, type Observed } from './invariants.ts';
import { manifest } from './manifest.ts';
import { assertNoSecrets, useSecretsOf } from './secrets.ts';

export const ENDPOINT = 'https://proviso-receiver.proviso-system.svc';
export const RECEIVER = 'system:serviceaccount:proviso-system:proviso-receiver';

/** The one issuer that the installation allows. */
export const ALLOWED_ISSUER: AllowedIssuer = {
  issuer: 'https://issuer.example',
  jwksUri: undefined,
  ca: undefined,
  audiences: ['proviso'],
  algorithms: ['RS256'],
  provider: undefined,
};

export type WithStatus =
  | Contract
  | ClusterContract
  | Workflow
  | EvidenceStore
  | TrustRoot
  | Policy
  | ClusterPolicy
  | PolicyGroup
  | ClusterPolicyGroup
  | Waiver;

export const stalled = (object: WithStatus) => findCondition(object.status?.conditions, CONDITION.Stalled);

export interface OperatedOptions {
  /** Milliseconds that the operator's clock is ahead from the start. */
  readonly ahead?: number;
  /** Where the receiver is said to be. */
  readonly endpoint?: string;
  /** Default: those of this version. */
  readonly engines?: PolicyEngines;
}

/** A control plane with the operator in this process, under its own limited identity and a clock that can be set ahead. */
export class Operated {
  readonly plane: ControlPlane;
  /** Milliseconds that the operator's clock is ahead. */
  ahead: number;
  readonly metrics = createOperatorMetrics(CONTROLLERS);
  /** What it has written down of its decisions. */
  readonly audited: AuditEntry[] = [];
  readonly #kubeconfig: string;
  readonly #endpoint: string;
  readonly #engines: PolicyEngines;
  #operator: ProvisoOperator;
  #touches = 0;
  readonly #lines: string[] = [];

  private constructor(plane: ControlPlane, kubeconfig: string, options: OperatedOptions) {
    const { ahead = 0, endpoint = ENDPOINT, engines = createEngines(createLogger('operator', 'silent')) } = options;
    this.plane = plane;
    this.ahead = ahead;
    this.#endpoint = endpoint;
    this.#engines = engines;
    this.#kubeconfig = kubeconfig;
    this.#operator = this.#create();
  }

  #create(): ProvisoOperator {
    const operator = new ProvisoOperator({
      connection: connect(this.#kubeconfig),
      namespace: 'proviso-system',
      endpoint: this.#endpoint,
      issuers: new Map([[ALLOWED_ISSUER.issuer, ALLOWED_ISSUER]]),
      engines: this.#engines,
      workers: 4,
      identity: randomUUID(),
      metrics: this.metrics,
      audit: { note: (entry) => void this.audited.push(entry), close: () => {} },
      log: createLogger('operator', 'debug', { write: (line) => void this.#lines.push(line) }),
      now: () => new Date(Date.now() + this.ahead),
    });
    // A process whose lease was lost ends and is started anew; here that is a new operator.
    void operator.deposed.then(async () => {
      await operator.stopped();
      this.#operator = this.#create();
      await this.#operator.start();
    });
    return operator;
  }

  /** Starts everything, with a default store and the namespace `shop`. */
  static async start(options: OperatedOptions = {}): Promise<Operated> {
    const plane = await startControlPlane();
    await plane.applyProject();
    const operated = new Operated(
      plane,
      await plane.serviceAccountKubeconfig('proviso-system', 'proviso-operator'),
      options,
    );
    await operated.#operator.start();
    await operated.kubectl('create namespace shop');
    const filesystem = { path: join(plane.dir, 'evidence') };
    await operated.apply('EvidenceStore', 'default', { default: true, filesystem });
    return operated;
  }

  async stop(): Promise<void> {
    this.#operator.stop();
    await this.#operator.stopped();
    await closeEngines(this.#engines);
    try {
      await useSecretsOf(this.plane);
      assertNoSecrets('the operator', this.#lines.join(''));
    } finally {
      await this.plane.stop();
    }
  }

  /** Ends the operator and starts another one, with empty caches; in between nobody works. */
  async restart(meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
    this.#operator.stop();
    await this.#operator.stopped();
    await meanwhile();
    this.#operator = this.#create();
    await this.#operator.start();
  }

  /** kubectl that has to succeed; returns its output. */
  async kubectl(args: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.plane.kubectl(args.split(' '), input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`kubectl ${args}: ${stderr}`);
    return stdout;
  }

  apply(kind: string, name: string, spec: object): Promise<string> {
    return this.kubectl('apply -n shop -f -', manifest(kind, name, spec));
  }

  async read<T>(kind: string, name: string): Promise<T> {
    return JSON.parse(await this.kubectl(`get -n shop ${kind} ${name} -o json`)) as T;
  }

  /** Waits until Ready of the object's current generation has the reason; returns the object. */
  untilReason<T extends WithStatus>(kind: string, name: string, reason: string, seconds?: number): Promise<T> {
    const probe = async () => {
      const object = await this.read<T>(kind, name);
      const ready = findCondition(object.status?.conditions, CONDITION.Ready);
      if (ready?.reason === reason && ready.observedGeneration === object.metadata.generation) return object;
      throw new Error(JSON.stringify(object.status));
    };
    return eventually(`${kind} ${name} to be ${reason}`, probe, seconds);
  }

  untilMessage(kind: string, name: string, message: RegExp): Promise<boolean> {
    return eventually(`${kind} ${name} to say ${message}`, async () => {
      const { status } = await this.read<WithStatus>(kind, name);
      return message.test(findCondition(status?.conditions, CONDITION.Ready)?.message ?? '');
    });
  }

  /** Makes the operator look at a workflow again, and gives it time to. */
  async touch(workflow: string): Promise<void> {
    this.#touches += 1;
    await this.kubectl(`annotate workflow.proviso.dev -n shop ${workflow} --overwrite touched=${this.#touches}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  /** Every object must be readable by whoever reads conditions. */
  async assertInvariants(): Promise<void> {
    await eventually('conditions that hold the invariants', async () => {
      const text = await this.kubectl(
        'get contracts,clustercontracts,workflows.proviso.dev,evidencestores,trustroots,policies.proviso.dev,clusterpolicies,policygroups,clusterpolicygroups,waivers -A -o json',
      );
      const broken = (JSON.parse(text) as { items: Observed[] }).items.flatMap(brokenInvariants);
      if (broken.length > 0) throw new Error(broken.join('\n'));
      return true;
    });
  }
}
