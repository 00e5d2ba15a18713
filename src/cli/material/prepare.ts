import type { MaterialType } from '../../api/material-types.ts';
import type { ContractMessage } from '../../api/messages.ts';
import { isDnsLabel } from '../../api/names.ts';
import { Problem } from '../../api/problem.ts';
import { mergeAnnotations } from '../../contract/annotations.ts';
import { HEAD_BYTES, leniently } from '../../materials/kind.ts';
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
}

/** Turns a value into an upload, and says early what the receiver would refuse. It will judge by itself anyway. */
export async function prepareUpload(
  request: AddRequest,
  contract: ContractMessage | undefined,
  access: RegistryAccess,
): Promise<Upload> {
  const { name, value } = request;
  const asked = contract?.materials.find((material) => material.name === name);
  assertName(name, contract);
  const type = typeOf(request, asked?.type);
  if (contract !== undefined) assertAnnotations(request, asked?.annotations ?? []);
  const isReference = type === 'CONTAINER_IMAGE' && !isOciLayout(value);
  const content = await contentOf(type, value, isReference, access);
  inspect(name, type, content, { isReference, isStrict: asked?.strict !== false });
  return {
    name,
    type,
    form: isReference ? 'reference' : 'bytes',
    annotations: request.annotations,
    size: content.size,
    sha256: content.sha256,
    body: content.body,
    ...(content.filename === undefined ? {} : { filename: content.filename }),
  };
}

function assertName(name: string, contract: ContractMessage | undefined): void {
  if (isDnsLabel(name)) return;
  const names = contract?.materials.map((material) => material.name).join(', ');
  throw new Problem('usage', `'${name}' can't be the name of a material: lower-case letters, digits and dashes`, {
    hint: `NAME comes first, then the value: proviso add NAME VALUE.${names ? ` The contract names: ${names}.` : ''}`,
  });
}

/** The contract's type wins; a material that it doesn't name is EVIDENCE unless --type says more. */
function typeOf({ name, type }: AddRequest, asked: string | undefined): MaterialType {
  if (type !== undefined && !isMaterialType(type)) {
    const known = Object.keys(MATERIAL_KINDS).join(', ');
    throw new Problem('usage', `'${type}' is not a material type`, { hint: `--type takes one of ${known}.` });
  }
  if (asked !== undefined && type !== undefined && asked !== type) {
    throw new Problem('material-type-mismatch', `the contract asks for '${name}' as ${asked}, not ${type}`, {
      hint: 'Leave --type out; the contract knows it.',
    });
  }
  const wanted = asked ?? type ?? 'EVIDENCE';
  if (isMaterialType(wanted)) return wanted;
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

async function contentOf(
  type: MaterialType,
  value: string,
  isReference: boolean,
  access: RegistryAccess,
): Promise<Content> {
  if (type === 'STRING') return bytesContent(Buffer.from(value, 'utf8'));
  if (isReference) return bytesContent(Buffer.from(await imageReference(value, access), 'utf8'));
  if (type === 'CONTAINER_IMAGE') return ociLayoutContent(value);
  if (type === 'HELM_CHART' && isOciChart(value)) return ociChartContent(value, access);
  const kind = MATERIAL_KINDS[type];
  return fileContent(value, kind.content === 'whole' ? kind.maxBytes : HEAD_BYTES);
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
  const { size, head, filename } = content;
  const digest = `sha256:${Buffer.from(content.sha256).toString('hex')}`;
  const found = kind.inspect({
    bytes: head,
    size,
    digest,
    isReference,
    ...(filename === undefined ? {} : { filename }),
  });
  const inspection = isStrict ? found : leniently(found);
  if (inspection.ok) return;
  const [first] = inspection.findings;
  const where = first.at === undefined ? '' : ` at ${first.at}`;
  throw new Problem('material-invalid', `'${name}' is not a valid ${type}${where}: ${first.message}`, {
    errors: inspection.findings,
  });
}
