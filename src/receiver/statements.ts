import manifest from '../../package.json' with { type: 'json' };
import type { RecordedStatement, WorkflowRun } from '../api/types.gen.ts';
import { type Acceptance, type ControlPlaneStatement, resourceUri } from '../attestation/acceptance.ts';
import { renderProvenance } from '../attestation/provenance.ts';
import { recordOfRun } from '../attestation/record.ts';
import { signedBundle } from '../attestation/sign.ts';
import { renderSummary, VSA_TYPE } from '../attestation/vsa.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import type { Stage } from '../evidence/store.ts';
import type { ReceiverContext } from './context.ts';
import { assertCounts, type ControlPlaneSigner } from './control-plane.ts';
import type { OpenStore } from './stores.ts';

/** What is about to be accepted. */
export interface ToState {
  readonly run: WorkflowRun;
  readonly contract: EffectiveContract;
  /** Digest of the attestation. */
  readonly attestation: string;
  readonly store: OpenStore;
  readonly now: Date;
}

/** The control plane's statements for one push, however often it is judged. */
export interface Statements {
  /** Signs and stores what is to be said, unless that was done already; answers once it is durable. */
  make(facts: ToState): Promise<readonly RecordedStatement[]>;
  /** Takes back what was stored, but for what the run refers to. */
  withdraw(run?: WorkflowRun): Promise<void>;
  discard(): Promise<void>;
}

interface Made {
  readonly time: string;
  readonly store: string;
  readonly fingerprint: string;
  readonly documents: string;
  readonly recorded: readonly RecordedStatement[];
}

export function createStatements({ controlPlane }: Pick<ReceiverContext, 'controlPlane'>): Statements {
  let made: Made | undefined;
  const stages: Stage[] = [];

  async function store(bytes: Uint8Array, { store }: ToState) {
    const stage = await store.bytes.stage();
    stages.push(stage);
    await stage.write(bytes);
    return stage.commit();
  }

  async function withdraw(run?: WorkflowRun): Promise<void> {
    const referred = new Set(run?.status?.statements?.map(({ digest }) => digest));
    for (const stage of stages) {
      if (!referred.has(stage.info().digest)) await stage.withdraw();
      await stage.discard();
    }
    stages.length = 0;
    made = undefined;
  }

  return {
    async make(facts) {
      const signer = await controlPlane.get();
      // A verdict is final, and so are its statements.
      assertCounts(signer, facts.now);
      // Of a run one summary is given out: only if it has to say something else it is signed again.
      if (made !== undefined && made.fingerprint === signer.fingerprint && made.store === facts.store.name) {
        if (JSON.stringify(render(facts, signer, made.time)) === made.documents) return made.recorded;
      }
      await withdraw();
      const time = facts.now.toISOString();
      const documents = render(facts, signer, time);
      const recorded: RecordedStatement[] = [];
      for (const document of documents) {
        const info = await store(sign(document, signer), facts);
        recorded.push(recordOf(document, info, facts, signer));
      }
      const { fingerprint } = signer;
      made = { time, store: facts.store.name, fingerprint, documents: JSON.stringify(documents), recorded };
      return recorded;
    },
    withdraw,
    async discard() {
      for (const stage of stages) await stage.discard();
    },
  };
}

function render(facts: ToState, { verifierId }: ControlPlaneSigner, time: string): readonly ControlPlaneStatement[] {
  const { run, contract, attestation } = facts;
  const record = recordOfRun(run, contract);
  const acceptance: Acceptance = { record, verifierId, version: manifest.version, attestation, time };
  const provenance = renderProvenance(acceptance);
  return [renderSummary(acceptance), ...(provenance === undefined ? [] : [provenance])];
}

function sign(document: ControlPlaneStatement, { key, fingerprint }: ControlPlaneSigner): Uint8Array {
  return signedBundle(key, Buffer.from(JSON.stringify(document), 'utf8'), { kind: 'key', hint: fingerprint });
}

function recordOf(
  { predicateType }: ControlPlaneStatement,
  { digest, size }: { readonly digest: string; readonly size: number },
  { run, store }: ToState,
  { fingerprint, verifierId }: ControlPlaneSigner,
): RecordedStatement {
  const accepted = resourceUri(verifierId, run.metadata.namespace ?? '', run.spec.workflowRef.name);
  return {
    predicateType,
    digest,
    size,
    keyFingerprint: fingerprint,
    ...(predicateType === VSA_TYPE ? { resourceUri: accepted } : {}),
    storeName: store.name,
  };
}
