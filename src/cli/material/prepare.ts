import { existsSync } from 'node:fs';
import type { ContractMaterialMessage, ContractMessage } from '../../api/contract-messages.ts';
import type { MaterialType } from '../../api/material-types.ts';
import { isDnsLabel } from '../../api/names.ts';
import { Problem } from '../../api/problem.ts';
import { mergeAnnotations } from '../../contract/annotations.ts';
import { detectType } from '../../materials/detect.ts';
import { parseImageReference } from '../../materials/image-reference.ts';
import { HEAD_BYTES, leniently, MAX_DOCUMENT_BYTES, type MaterialInput } from '../../materials/kind.ts';
import { isMaterialType, MATERIAL_KINDS } from '../../materials/kinds.ts';
import type { Upload } from '../client/receiver.ts';
import type { RegistryAccess } from '../registry.ts';
import { bytesContent, type Content, fileContent } from './file.ts';
import { imageReference } from './image.ts';
import { isOciChart, ociChartContent } from './oci-chart.ts';
import { isOciLayout, ociLayoutContent } from './oci-layout.ts';

/** What `proviso add` was told. */
export interface AddRequest {
  readonly name: string;
  readonly value: string;
  /** Of --type. */
  readonly type?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly replace: boolean;
}

/** What a value stands for. */
interface Found {
  readonly content: Content;
  readonly isReference: boolean;
}

/** Turns a value into an upload, and says early what the receiver would refuse. It will judge by itself anyway. */
export async function prepareUpload(
  request: AddRequest,
  contract: ContractMessage | undefined,
  access: RegistryAccess,
): Promise<Upload> {
  assertName(request.name, contract);
  const asked = contract?.materials.find(({ name }) => name === request.name);
  return uploadOf(request, contract, await find(statedType(request, contract), request.value, asked, access));
}

/** An upload of what was found, of the type that is asked for, or else of the one that it looks like. */
export function uploadOf(
  request: AddRequest,
  contract: ContractMessage | undefined,
  { content, isReference }: Found,
): Upload {
  const { name, annotations, replace } = request;
  assertName(name, contract);
  const asked = contract?.materials.find((material) => material.name === name);
  const type = statedType(request, contract) ?? (isReference ? 'CONTAINER_IMAGE' : detectType(inputOf(content)));
  if (contract !== undefined) assertAnnotations(request, asked?.annotations ?? []);
  inspect(name, type, content, { isReference, isStrict: asked?.strict !== false });
  const { size, sha256, body, filename } = content;
  return {
    ...{ name, type, annotations, replace, size, sha256, body },
    form: isReference ? 'reference' : 'bytes',
    ...(filename === undefined ? {} : { filename }),
  };
}

function assertName(name: string, contract: ContractMessage | undefined): void {
  if (isDnsLabel(name)) return;
  const names = contract?.materials.map((material) => material.name).join(', ');
  throw new Problem('usage', `'${name}' can't be the name of a material: lower-case letters, digits and dashes`, {
    hint: `NAME comes first, then the value: proviso add NAME VALUE.${names ? ` The contract names: ${names}.` : ''}`,
  });
}

/** The contract's type wins; of a material that it doesn't name, that of --type. */
function statedType({ name, type }: AddRequest, contract: ContractMessage | undefined): MaterialType | undefined {
  const asked = contract?.materials.find((material) => material.name === name)?.type;
  if (type !== undefined && !isMaterialType(type)) {
    const known = Object.keys(MATERIAL_KINDS).join(', ');
    throw new Problem('usage', `'${type}' is not a material type`, { hint: `--type takes one of ${known}.` });
  }
  if (asked !== undefined && type !== undefined && asked !== type) {
    throw new Problem('material-type-mismatch', `the contract asks for '${name}' as ${asked}, not ${type}`, {
      hint: 'Leave --type out; the contract knows it.',
    });
  }
  const wanted = asked ?? type;
  if (wanted === undefined || isMaterialType(wanted)) return wanted;
  throw new Problem(
    'material-unknown-type',
    `this proviso doesn't know the type ${wanted} that the contract asks for`,
    {
      hint: 'Use the release of proviso that the cluster runs.',
    },
  );
}

function assertAnnotations({ name, annotations }: AddRequest, asked: Parameters<typeof mergeAnnotations>[0]): void {
  const merged = mergeAnnotations(asked, annotations);
  if (merged.ok) return;
  throw new Problem('material-annotation', `the annotations of '${name}' do not fit`, { errors: merged.findings });
}

/** Where no type is stated, only what has a digest is taken for an image: a word that names no file is a slip. */
async function find(
  type: MaterialType | undefined,
  value: string,
  asked: ContractMaterialMessage | undefined,
  access: RegistryAccess,
): Promise<Found> {
  const bytes = (content: Content): Found => ({ content, isReference: false });
  const reference = (text: string): Found => ({ content: bytesContent(Buffer.from(text, 'utf8')), isReference: true });
  if (type === 'STRING') return bytes(bytesContent(Buffer.from(value, 'utf8')));
  if ((type ?? 'HELM_CHART') === 'HELM_CHART' && isOciChart(value)) return bytes(await ociChartContent(value, access));
  if ((type ?? 'CONTAINER_IMAGE') === 'CONTAINER_IMAGE') {
    if (isOciLayout(value)) return bytes(await ociLayoutContent(value));
    if (type !== undefined) return reference(await imageReference(value, asked?.signers !== undefined, access));
    if (!existsSync(value) && parseImageReference(value).ok) return reference(value);
  }
  return bytes(await fileContent(value, bytesToRead(type)));
}

function bytesToRead(type: MaterialType | undefined): number {
  if (type === undefined) return MAX_DOCUMENT_BYTES;
  const { content, maxBytes } = MATERIAL_KINDS[type];
  return content === 'whole' ? maxBytes : HEAD_BYTES;
}

interface InspectOptions {
  readonly isReference: boolean;
  readonly isStrict: boolean;
}

function inspect(name: string, type: MaterialType, content: Content, { isReference, isStrict }: InspectOptions): void {
  const kind = MATERIAL_KINDS[type];
  if (content.size === 0) {
    throw new Problem('material-empty', `'${name}' has no content`, { hint: 'Give VALUE some text.' });
  }
  if (kind.content === 'whole' && content.size > kind.maxBytes) {
    throw new Problem(
      'material-too-large',
      `a ${type} has at most ${kind.maxBytes} bytes, and this has ${content.size}`,
      {
        hint: 'Hand in what is larger as ARTIFACT or EVIDENCE.',
      },
    );
  }
  const found = kind.inspect({ ...inputOf(content), isReference });
  const inspection = isStrict ? found : leniently(found);
  if (inspection.ok) return;
  const [first] = inspection.findings;
  const where = first.at === undefined ? '' : ` at ${first.at}`;
  throw new Problem('material-invalid', `'${name}' is not a valid ${type}${where}: ${first.message}`, {
    errors: inspection.findings,
  });
}

const inputOf = ({ size, head, sha256, filename }: Content): MaterialInput => ({
  bytes: head,
  size,
  digest: `sha256:${Buffer.from(sha256).toString('hex')}`,
  ...(filename === undefined ? {} : { filename }),
});
