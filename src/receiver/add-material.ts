import { KIND } from '../api/kinds.ts';
import type { MaterialType } from '../api/material-types.ts';
import { Problem } from '../api/problem.ts';
import type { RecordedMaterial, RecordedSigner, WorkflowRun } from '../api/types.gen.ts';
import type { ContractMaterial, EffectiveContract } from '../contract/effective.ts';
import { MATERIAL_KINDS } from '../materials/kinds.ts';
import { ofMaterial } from '../policy/attached.ts';
import type { Reserve } from './body.ts';
import type { ReceiverContext } from './context.ts';
import { type Intake, type MaterialBody, takeMaterial } from './material-intake.ts';
import type { SignedInspection } from './material-signers.ts';
import { successionOf } from './material-succession.ts';
import { judgeAdded } from './policies/judge-material.ts';
import { assertOpen, explainRefusedWrite, latestKnown } from './run-access.ts';
import type { OpenStore } from './stores.ts';

/** The bound of the list in the CRD. */
const MAX_MATERIALS = 128;

/** A material as it is handed in, by whatever way. */
export interface OfferedMaterial extends SignedInspection {
  readonly run: WorkflowRun;
  readonly contract: EffectiveContract;
  /** What the contract says of the material, if it names it. */
  readonly asked: ContractMaterial | undefined;
  readonly name: string;
  readonly type: MaterialType;
  /** Those of the pipeline and the contract. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly body: MaterialBody;
  readonly filename: string | undefined;
  readonly isReference: boolean;
  /** Whether it may stand in the place of other content. */
  readonly isReplacement: boolean;
  readonly addedBy: string;
  readonly reserve: Reserve;
}

/**
 * Takes a material into an open run: inspects it, asks the policies that judge what is added, stores it, and records it. Throws what
 * is wrong with it, with nothing left behind.
 */
export async function addMaterial(
  context: ReceiverContext,
  offered: OfferedMaterial,
): Promise<{ readonly material: RecordedMaterial; readonly updated: WorkflowRun }> {
  const { run, contract, asked, name, type, annotations, isReference, isReplacement, reserve } = offered;
  assertOpen(run, new Date());
  assertRoom(run, name);
  const store = await context.stores.get(run.spec.evidenceStoreName);
  const stage = await store.bytes.stage(offered.body.stated);
  const stages = [stage];
  try {
    const intake = await takeMaterial(offered.body, stage, {
      ...{ type, name, filename: offered.filename, isReference, reserve, inspect: offered.inspect },
      isStrict: asked?.strict !== false,
      isJudged: ofMaterial(contract, 'Add', { name, type }).length > 0,
      maxBlobSize: store.maxBlobSize,
    });
    const content = { name, type, digest: intake.facts.digest ?? intake.digest };
    const signers = offered.signers();
    const found = { ...annotations, ...intake.facts.annotations, ...signerFacts(signers) };
    const seen = { material: { ...content, annotations: found }, projection: intake.projection };
    const judged = await judgeAdded(context, run, contract, seen, { store, reserve });
    stages.push(...judged.stages);
    const keeps = MATERIAL_KINDS[type].keepsBytes && !isReference && asked?.skipUpload !== true;
    // An upload can take long: what was open when it began may be over now, and the place be taken. The watch lags by a moment,
    // and then the API server refuses the write.
    const now = isReplacement
      ? await context.client.get<WorkflowRun>(KIND.WorkflowRun, run.metadata)
      : latestKnown(context, run);
    assertOpen(now, new Date());
    const succession = successionOf(now, content, isReplacement);
    // Durable first, then recorded: a record without bytes would be a lie, bytes without a record are only garbage.
    if (keeps) await stage.commit();
    for (const each of judged.stages) await each.commit();
    const { filename, addedBy } = offered;
    const material = {
      ...recordOf({
        ...{ name, type, annotations: found, intake, filename, addedBy, signers },
        store: keeps ? store : undefined,
      }),
      ...succession,
      ...judged.record,
    };
    const updated = await context
      .recordMaterials(run.metadata.uid ?? '', { run, contract, material })
      .catch((error: unknown) =>
        explainRefusedWrite(context, run, error, (seen) => successionOf(seen, material, false)),
      );
    context.metrics.intake.materials.inc({ type, outcome: 'recorded' });
    context.metrics.intake.materialBytes.inc({ type }, material.size);
    return { material, updated };
  } catch (error) {
    context.metrics.intake.materials.inc({ type, outcome: error instanceof Problem ? 'refused' : 'failed' });
    // Refused for sure, so nothing refers to the bytes. Of any other error it isn't known whether the record was written.
    if (error instanceof Problem) for (const each of stages) await each.withdraw();
    throw error;
  } finally {
    for (const each of stages) await each.discard();
  }
}

function assertRoom(run: WorkflowRun, name: string): void {
  const materials = run.status?.materials ?? [];
  if (materials.length < MAX_MATERIALS || materials.some((material) => material.name === name)) return;
  throw new Problem('material-limit', `the run has ${MAX_MATERIALS} materials, which is the limit`);
}

/** Who was verified to have signed an image, for policies and for readers of the statement. */
const signerFacts = (signers: readonly RecordedSigner[] | undefined): Readonly<Record<string, string>> =>
  signers === undefined
    ? {}
    : {
        'chainloop.material.signature.signers': signers
          .map(({ identity, fingerprint }) => identity ?? fingerprint)
          .join(','),
      };

interface RecordFacts {
  readonly name: string;
  readonly type: MaterialType;
  /** Those of the pipeline and the contract, and what was found. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly intake: Intake;
  readonly filename: string | undefined;
  readonly addedBy: string;
  /** Of an image, whose signatures were verified; undefined where the contract asks for none. */
  readonly signers: readonly RecordedSigner[] | undefined;
  /** Where the bytes are, if they were kept. */
  readonly store: OpenStore | undefined;
}

function recordOf({
  name,
  type,
  annotations,
  intake,
  filename,
  addedBy,
  signers,
  store,
}: RecordFacts): RecordedMaterial {
  const { facts, digest, size, tolerated } = intake;
  return {
    name,
    type,
    digest: facts.digest ?? digest,
    // What signs an image comes with its reference, and is no part of it.
    size: facts.reference === undefined ? size : Buffer.byteLength(facts.reference),
    ...(filename === undefined ? {} : { filename }),
    ...(facts.mediaType === undefined ? {} : { mediaType: facts.mediaType }),
    ...(facts.value === undefined ? {} : { value: facts.value }),
    ...(facts.reference === undefined ? {} : { reference: facts.reference }),
    ...(tolerated.length === 0 ? {} : { tolerated: [...tolerated] }),
    stored: store !== undefined,
    ...(store === undefined ? {} : { storeName: store.name }),
    annotations,
    ...(signers === undefined ? {} : { signers }),
    addTime: new Date().toISOString(),
    addedBy,
  };
}
