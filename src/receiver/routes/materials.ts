import type { Request, Response } from 'express';
import { auditedRun } from '../../api/audit-line.ts';
import { MATERIAL_TYPES, type MaterialType } from '../../api/material-types.ts';
import type { MaterialMessage } from '../../api/messages.ts';
import { isDnsLabel } from '../../api/names.ts';
import { Problem } from '../../api/problem.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { mergeAnnotations } from '../../contract/annotations.ts';
import type { ContractMaterial } from '../../contract/effective.ts';
import { isMaterialType } from '../../materials/kinds.ts';
import { addMaterial } from '../add-material.ts';
import { decided } from '../audit.ts';
import type { Authenticated } from '../auth/review.ts';
import type { ReceiverContext } from '../context.ts';
import { exceptionsForMissing } from '../exceptions.ts';
import { requestBody } from '../material-intake.ts';
import { createInspection } from '../material-signers.ts';
import { reserveFor } from '../reserve.ts';
import { assertOpen } from '../run-access.ts';
import { tellAdded, tellRefused } from '../run-events.ts';
import { completenessMessage, completenessOf } from '../state.ts';
import { flag, param, query } from './params.ts';
import type { WhichRun } from './which-run.ts';

/** `PUT …/materials/{name}`: takes one material; other content under a name only with `?replace=true`. */
export const materialRoute =
  (context: ReceiverContext, which: WhichRun) => async (request: Request, response: Response) => {
    const authenticated = await context.authenticate(request, response);
    const name = materialName(param(request, 'material'));
    const run = await which(context, authenticated, request);
    assertOpen(run, new Date());
    try {
      response.json(await take(context, { authenticated, request, response, run, name }));
    } catch (error) {
      tellRefused(context, run, name, error);
      throw error;
    }
  };

interface Sent {
  readonly authenticated: Authenticated;
  readonly request: Request;
  readonly response: Response;
  /** That it is for, which is open. */
  readonly run: WorkflowRun;
  readonly name: string;
}

/** Judges one material, keeps it, and writes it on the run. */
async function take(
  context: ReceiverContext,
  { authenticated, request, response, run, name }: Sent,
): Promise<MaterialMessage> {
  const contract = await context.contracts.get(run.metadata.namespace ?? '', run.spec.contract);
  const asked = contract.materials.find((material) => material.name === name);
  const type = materialType(name, asked, query(request, 'type', 64));
  const annotations = annotationsOf(name, asked, givenAnnotations(request));
  const reserve = reserveFor(context, authenticated.caller, response);
  const asker = { identity: authenticated.caller.username, response };
  const { inspect, signers } = createInspection(context, run, asked, asker);
  const { material, updated } = await addMaterial(context, {
    ...{ run, contract, asked, name, type, annotations, reserve, inspect, signers },
    body: requestBody(request),
    filename: query(request, 'filename', 255),
    isReference: isReferenceForm(type, query(request, 'form', 16)),
    isReplacement: flag(request, 'replace'),
    addedBy: authenticated.caller.username,
  });
  decided(response, { what: { ...auditedRun(run), type, digest: material.digest } });
  const completeness = completenessMessage(
    completenessOf(updated, contract, await exceptionsForMissing(context, updated, contract, new Date())),
  );
  tellAdded(context, updated, material, completeness);
  return { material, completeness };
}

function materialName(name: string): string {
  if (isDnsLabel(name)) return name;
  const errors = [{ at: 'material', message: 'must be a DNS label: lower-case letters, digits, dashes, at most 63' }];
  throw new Problem('request-invalid', `'${name}' is not a name for a material`, { errors });
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
