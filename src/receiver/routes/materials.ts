import type { Request, Response } from 'express';
import { KIND } from '../../api/kinds.ts';
import { MATERIAL_TYPES, type MaterialType } from '../../api/material-types.ts';
import type { MaterialMessage } from '../../api/messages.ts';
import { isDnsLabel } from '../../api/names.ts';
import { Problem } from '../../api/problem.ts';
import type { RecordedMaterial, RecordedSigner, WorkflowRun } from '../../api/types.gen.ts';
import { mergeAnnotations } from '../../contract/annotations.ts';
import type { ContractMaterial } from '../../contract/effective.ts';
import { writeStatus } from '../../kube/apply.ts';
import { isMaterialType, MATERIAL_KINDS } from '../../materials/kinds.ts';
import { ofMaterial } from '../../policy/attached.ts';
import { statedDigest } from '../content-digest.ts';
import type { ReceiverContext } from '../context.ts';
import { exceptionsForMissing } from '../exceptions.ts';
import { createInspection } from '../image-signers.ts';
import { type Intake, takeMaterial } from '../material-intake.ts';
import { successionOf } from '../material-succession.ts';
import { judgeAdded } from '../policies/judge-material.ts';
import { reserveFor } from '../reserve.ts';
import { assertOpen, explainRefusedWrite } from '../run-access.ts';
import { completenessMessage, completenessOf } from '../state.ts';
import type { OpenStore } from '../stores.ts';
import { flag, param, query } from './params.ts';
import type { WhichRun } from './which-run.ts';

/** The bound of the list in the CRD. */
const MAX_MATERIALS = 128;

/** `PUT …/materials/{name}`: takes one material; other content under a name only with `?replace=true`. */
export const materialRoute =
  (context: ReceiverContext, which: WhichRun) => async (request: Request, response: Response) => {
    const authenticated = await context.authenticate(request, response);
    const namespace = param(request, 'namespace');
    const name = materialName(param(request, 'material'));
    const run = await which(context, authenticated, request);
    assertOpen(run, new Date());
    assertRoom(run, name);
    const contract = await context.contracts.get(namespace, run.spec.contract);
    const asked = contract.materials.find((material) => material.name === name);
    const type = materialType(name, asked, query(request, 'type', 64));
    const annotations = annotationsOf(name, asked, givenAnnotations(request));
    const store = await context.stores.get(run.spec.evidenceStoreName);
    const stage = await store.bytes.stage(statedDigest(request.headers['content-digest']));
    const stages = [stage];
    try {
      const filename = query(request, 'filename', 255);
      const isReference = isReferenceForm(type, query(request, 'form', 16));
      const reserve = reserveFor(context, authenticated.caller, response);
      const asker = { identity: authenticated.caller.username, response };
      const { inspect, signers } = createInspection(context, run, asked, asker);
      const intake = await takeMaterial(request, stage, {
        ...{ type, name, filename, isReference, reserve, inspect },
        isStrict: asked?.strict !== false,
        isJudged: ofMaterial(contract, 'Add', { name, type }).length > 0,
        maxBlobSize: store.maxBlobSize,
      });
      const content = { name, type, digest: intake.facts.digest ?? intake.digest };
      const found = { ...annotations, ...intake.facts.annotations, ...signerFacts(signers()) };
      const seen = { material: { ...content, annotations: found }, projection: intake.projection };
      const judged = await judgeAdded(context, run, contract, seen, { store, reserve });
      stages.push(...judged.stages);
      const keeps = MATERIAL_KINDS[type].keepsBytes && !isReference && asked?.skipUpload !== true;
      const isReplacement = flag(request, 'replace');
      // An upload can take long: what was open when it began may be over now, and the place be taken. The watch lags by a moment,
      // and then the API server refuses the write.
      const now = isReplacement
        ? await context.client.get<WorkflowRun>(KIND.WorkflowRun, run.metadata)
        : latest(context, run);
      assertOpen(now, new Date());
      const succession = successionOf(now, content, isReplacement);
      // Durable first, then recorded: a record without bytes would be a lie, bytes without a record are only garbage.
      if (keeps) await stage.commit();
      for (const each of judged.stages) await each.commit();
      const addedBy = authenticated.caller.username;
      const material = {
        ...recordOf({
          ...{ name, type, annotations: found, intake, filename, addedBy },
          signers: signers(),
          store: keeps ? store : undefined,
        }),
        ...succession,
        ...judged.record,
      };
      const updated = await record(context, run, material);
      const answer: MaterialMessage = {
        material,
        completeness: completenessMessage(
          completenessOf(updated, contract, await exceptionsForMissing(context, updated, contract, new Date())),
        ),
      };
      response.json(answer);
    } catch (error) {
      // Refused for sure, so nothing refers to the bytes. Of any other error it isn't known whether the record was written.
      if (error instanceof Problem) for (const each of stages) await each.withdraw();
      throw error;
    } finally {
      for (const each of stages) await each.discard();
    }
  };

function materialName(name: string): string {
  if (isDnsLabel(name)) return name;
  const errors = [{ at: 'material', message: 'must be a DNS label: lower-case letters, digits, dashes, at most 63' }];
  throw new Problem('request-invalid', `'${name}' is not a name for a material`, { errors });
}

function assertRoom(run: WorkflowRun, name: string): void {
  const materials = run.status?.materials ?? [];
  if (materials.length < MAX_MATERIALS || materials.some((material) => material.name === name)) return;
  throw new Problem('material-limit', `the run has ${MAX_MATERIALS} materials, which is the limit`);
}

/** The contract's type; of a material it doesn't name, the one that is asked for. */
function materialType(name: string, asked: ContractMaterial | undefined, wanted: string | undefined): MaterialType {
  if (wanted !== undefined && !isMaterialType(wanted)) {
    const errors = [{ at: '?type=', message: `must be one of ${MATERIAL_TYPES.join(', ')}` }];
    throw new Problem('material-unknown-type', `'${wanted}' is not a material type`, { errors });
  }
  if (asked !== undefined && wanted !== undefined && wanted !== asked.type) {
    throw new Problem('material-type-mismatch', `the contract asks for '${name}' as ${asked.type}, not ${wanted}`);
  }
  return asked?.type ?? wanted ?? 'EVIDENCE';
}

/** Only an image can be handed in by reference; anything else would be recorded without its bytes being kept. */
function isReferenceForm(type: MaterialType, form: string | undefined): boolean {
  if (form === undefined || form === 'bytes') return false;
  if (form === 'reference' && type === 'CONTAINER_IMAGE') return true;
  const errors = [{ at: '?form=', message: "must be 'bytes', or for a CONTAINER_IMAGE 'reference'" }];
  throw new Problem(
    'request-invalid',
    `a ${type} can't be handed in in the form '${form}', only a CONTAINER_IMAGE can be a reference`,
    { errors },
  );
}

/** The run as the watch has it, if it is the same one; cheaper than to ask, and a write that is late is refused anyway. */
function latest(context: ReceiverContext, run: WorkflowRun): WorkflowRun {
  const seen = context.runs.get(run.metadata);
  return seen !== undefined && seen.metadata.uid === run.metadata.uid ? seen : run;
}

function givenAnnotations(request: Request): Readonly<Record<string, string>> {
  const given = [request.query.annotation ?? []].flat();
  const pairs = given.map((entry): readonly [string, string] => {
    const text = String(entry);
    const equals = text.indexOf('=');
    if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
    const errors = [{ at: '?annotation=', message: `'${text.slice(0, 100)}' must be NAME=VALUE` }];
    throw new Problem('request-invalid', 'an annotation has no value', { errors });
  });
  return Object.fromEntries(pairs);
}

function annotationsOf(name: string, asked: ContractMaterial | undefined, given: Readonly<Record<string, string>>) {
  const merged = mergeAnnotations(asked?.annotations ?? [], given);
  if (merged.ok) return merged.annotations;
  throw new Problem('material-annotation', `the annotations of '${name}' do not fit`, { errors: merged.findings });
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

/** Writes the entry with a field manager of its own, so that adds of other materials never conflict with it. */
function record(context: ReceiverContext, run: WorkflowRun, material: RecordedMaterial): Promise<WorkflowRun> {
  const options = { fieldManager: `proviso-material-${material.name}` };
  return writeStatus(context.client, KIND.WorkflowRun, run, { materials: [material] }, options).catch(
    (error: unknown) => explainRefusedWrite(context, run, error, (now) => successionOf(now, material, false)),
  );
}
