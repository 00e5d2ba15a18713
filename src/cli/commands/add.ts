import { pipeline, type Readable } from 'node:stream';
import type { ContractMessage } from '../../api/contract-messages.ts';
import type { MaterialMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import type { RecordedMaterial } from '../../api/types.gen.ts';
import { dockerKeychain } from '../../oci/keychain.ts';
import type { Upload } from '../client/receiver.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { explodedUploads } from '../material/explode.ts';
import { prepareUpload } from '../material/prepare.ts';
import { formatBytes, shortDigest } from '../print/bytes.ts';
import { formatNext, nextCommands } from '../print/next.ts';
import { formatObjections, wouldFail } from '../print/objections.ts';
import { plain } from '../print/plain.ts';
import { countBytes, createProgress } from '../print/progress.ts';
import { rememberAdded } from '../run-memory.ts';
import { printResult, rememberedRun, type Session } from '../session.ts';
import { submittedRun } from '../submitted-run.ts';
import { pairsOf } from '../values.ts';

export interface AddFlags {
  readonly type?: string;
  readonly annotation: readonly string[];
  readonly plainHttp?: boolean;
  readonly replace?: boolean;
  readonly explode?: boolean;
}

/** `proviso add NAME VALUE`, or `NAME=VALUE …`: checks materials here, hands them in, and says what is left. */
export async function add(session: Session, args: readonly string[], flags: AddFlags): Promise<number> {
  const { io } = session;
  const materials = materialsOf(args, flags);
  const run = await submittedRun(session);
  const remembered = rememberedRun(session);
  const isRemembered = remembered?.run === run.run && remembered.namespace === run.namespace;
  const contract = isRemembered ? remembered.contract : (await session.receiver().state(run)).contract;
  const annotations = pairsOf('--annotation', flags.annotation);
  const access = {
    credentials: dockerKeychain(io.env),
    plainHttp: flags.plainHttp === true,
    onNote: (text: string) => io.err(`note: ${text}`),
  };
  const uploads: Upload[] = [];
  for (const { name, value } of materials) {
    const request = {
      ...{ name, value, annotations, replace: flags.replace === true },
      ...(flags.type === undefined ? {} : { type: flags.type }),
    };
    if (flags.explode === true) uploads.push(...(await explodedUploads(request, contract)));
    else uploads.push(await prepareUpload(request, contract, access));
  }
  const answers: MaterialMessage[] = [];
  for (const upload of uploads) {
    const answer = await session.receiver().add(run, withProgress(io, upload));
    if (isRemembered) rememberAdded(io.cwd, upload.name, answer.material.digest);
    answers.push(answer);
  }
  const [last] = answers.slice(-1);
  if (last === undefined) return EXIT.ok;
  const isList = flags.explode === true || materials.length > 1;
  printResult(session, isList ? { items: answers } : last, () => {
    const { completeness } = last;
    const count = `${completeness.present}/${completeness.required} of what is required is there`;
    const added = answers.map(({ material }) => formatAdded(io, contract, material)).join('');
    return `${added}${count}\n${formatNext(io, nextCommands({ contract, completeness, materials: answers.map(({ material }) => material) }))}`;
  });
  const added = answers.map(({ material }) => material);
  if (!wouldFail(contract, added)) return EXIT.ok;
  io.err('the run will fail as it stands');
  return EXIT.blocked;
}

interface Named {
  readonly name: string;
  readonly value: string;
}

/** No name holds an equals sign, so the first argument says which form it is. Throws `usage`. */
function materialsOf(args: readonly string[], { type, annotation, explode }: AddFlags): readonly Named[] {
  const [name = '', value] = args;
  if (!name.includes('=')) {
    if (value !== undefined && args.length === 2) return [{ name, value }];
    throw new Problem('usage', 'a material is a NAME and a VALUE', {
      hint: 'type: proviso add NAME VALUE, or several at once: proviso add NAME=VALUE NAME=VALUE',
    });
  }
  if (args.length > 1 && (type !== undefined || annotation.length > 0 || explode === true)) {
    throw new Problem('usage', '--type, --annotation and --explode are about one material, and these are several', {
      hint: 'add that one by itself',
    });
  }
  const pairs = Object.entries(pairsOf('the material', args));
  if (pairs.length === args.length) return pairs.map(([name, value]) => ({ name, value }));
  throw new Problem('usage', 'two of the materials have the same name');
}

function formatAdded(io: Io, contract: ContractMessage, material: RecordedMaterial): string {
  const { green, bold } = io.colours;
  const facts = `${material.type}, ${formatBytes(material.size)}, ${shortDigest(material.digest)}`;
  const signers = material.signers?.map(({ display }) => display).join(', ');
  const signed = signers === undefined ? '' : `, signed by ${plain(signers)}`;
  const objections = formatObjections(io, contract, [material]).map((line) => `${line}\n`);
  return `${green('added')} ${bold(material.name)} (${facts})${signed}\n${formatTolerated(io, material)}${objections.join('')}`;
}

/** What is wrong with a material and was let through, a line each. */
const formatTolerated = (io: Io, { tolerated = [] }: RecordedMaterial): string =>
  tolerated
    .map(
      ({ at, message }) =>
        `${io.colours.yellow('tolerated')} ${plain(at === undefined ? message : `${at}: ${message}`)}\n`,
    )
    .join('');

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
