import { pipeline, type Readable } from 'node:stream';
import { dockerKeychain } from '../../oci/keychain.ts';
import { parseAnnotations } from '../annotations.ts';
import type { Upload } from '../client/receiver.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { prepareUpload } from '../material/prepare.ts';
import { formatBytes, shortDigest } from '../print/bytes.ts';
import { countBytes, createProgress } from '../print/progress.ts';
import { formatNext, formatTolerated } from '../print/run.ts';
import { rememberAdded } from '../run-memory.ts';
import { currentRun, printResult, rememberedRun, type Session } from '../session.ts';

export interface AddFlags {
  readonly type?: string;
  readonly annotation: readonly string[];
  readonly plainHttp?: boolean;
}

/** `proviso add NAME VALUE`: checks a material here, hands it in, and says what is left. */
export async function add(session: Session, name: string, value: string, flags: AddFlags): Promise<number> {
  const { io } = session;
  const run = currentRun(session);
  const remembered = rememberedRun(session);
  const isRemembered = remembered?.run === run.run && remembered.namespace === run.namespace;
  const contract = isRemembered ? remembered.contract : (await session.receiver().state(run)).contract;
  const annotations = parseAnnotations(flags.annotation);
  const request = { name, value, annotations, ...(flags.type === undefined ? {} : { type: flags.type }) };
  const access = { credentials: dockerKeychain(io.env), plainHttp: flags.plainHttp === true };
  const upload = await prepareUpload(request, contract, access);
  const answer = await session.receiver().add(run, withProgress(io, upload));
  if (isRemembered) rememberAdded(io.cwd, name, answer.material.digest);
  printResult(session, answer, () => {
    const { material, completeness } = answer;
    const { green, bold } = io.colours;
    const facts = `${material.type}, ${formatBytes(material.size)}, ${shortDigest(material.digest)}`;
    const count = `${completeness.present}/${completeness.required} of what is required is there`;
    const tolerated = formatTolerated(io, material);
    return `${green('added')} ${bold(name)} (${facts})\n${tolerated}${count}\n${formatNext(io, { contract, completeness })}`;
  });
  return EXIT.ok;
}

/** The upload, telling how far it is when it is large. */
function withProgress(io: Io, upload: Upload): Upload {
  const { body } = upload;
  if (typeof body !== 'function') return upload;
  const raw = (text: string): void => void process.stderr.write(text);
  return {
    ...upload,
    body: (): Readable => {
      const source = body();
      const counted = countBytes(createProgress(io, raw, upload.name, upload.size));
      return pipeline(source, counted, () => {});
    },
  };
}
