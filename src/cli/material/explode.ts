import { basename } from 'node:path';
import type { ContractMessage } from '../../api/contract-messages.ts';
import { Problem } from '../../api/problem.ts';
import { archiveForm, visitArchive } from '../../materials/archive/read.ts';
import { MAX_DOCUMENT_BYTES } from '../../materials/kind.ts';
import type { Upload } from '../client/receiver.ts';
import { bytesContent, type Content, fileContent } from './file.ts';
import { type AddRequest, uploadOf } from './prepare.ts';

/** A run has room for 128 materials. */
const MAX_FILES = 100;

/**
 * An archive as one material for each file in it, `NAME`, `NAME-1`, …, and the archive itself as the evidence `NAME-archive`, which
 * the others name by its digest. All of them are looked at before the first is handed in.
 */
export async function explodedUploads(
  request: AddRequest,
  contract: ContractMessage | undefined,
): Promise<readonly Upload[]> {
  const { name, value, annotations } = request;
  const archive = await fileContent(value, MAX_DOCUMENT_BYTES);
  const files = filesOf(value, archive);
  const digest = `sha256:${Buffer.from(archive.sha256).toString('hex')}`;
  const whole = { ...request, name: `${name}-archive`, type: 'EVIDENCE', annotations: {} };
  const asked = contract?.materials.find((material) => material.name === name)?.type;
  const type = request.type ?? asked;
  return [
    uploadOf(whole, contract, { content: archive, isReference: false }),
    ...files.map(({ path, content }, index) => {
      const own = {
        ...request,
        ...(type === undefined ? {} : { type }),
        name: index === 0 ? name : `${name}-${index}`,
        annotations: { archive: digest, ...annotations },
      };
      return within(path, () => uploadOf(own, contract, { content, isReference: false }));
    }),
  ];
}

interface ArchivedFile {
  readonly path: string;
  readonly content: Content;
}

/** A refusal says which of the files it is of. */
function within<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, `${path} in the archive: ${error.message}`, { errors: error.errors, cause: error });
  }
}

function filesOf(path: string, { head, size }: Content): readonly ArchivedFile[] {
  const form = archiveForm(head);
  if (form === undefined || size > MAX_DOCUMENT_BYTES) {
    const most = MAX_DOCUMENT_BYTES >> 20;
    throw new Problem('usage', `'${path}' is not a zip or tar.gz of at most ${most} MiB`, {
      hint: 'Without --explode it is handed in as it is.',
    });
  }
  const files: ArchivedFile[] = [];
  const problem = visitArchive(form, head, {
    wants: () => true,
    visit(name, bytes) {
      if (bytes.length === 0) return { at: name, message: 'the file is empty' };
      if (files.push({ path: name, content: bytesContent(bytes, basename(name).slice(0, 255)) }) <= MAX_FILES)
        return undefined;
      return { message: `there are over ${MAX_FILES} files in it` };
    },
  });
  const finding = problem ?? (files.length === 0 ? { message: 'there is no file in it' } : undefined);
  if (finding === undefined) return files;
  const where = finding.at === undefined ? '' : `, ${finding.at}`;
  throw new Problem('material-invalid', `'${path}'${where}: ${finding.message}`, { errors: [finding] });
}
