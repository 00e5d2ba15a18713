import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { statedBy } from '../../attestation/stated.ts';
import type { RunRef } from '../client/receiver.ts';
import { EXIT, exitCodeOfVerdict } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { shortDigest } from '../print/bytes.ts';
import { formatObjections } from '../print/objections.ts';
import { formatVerdict } from '../print/run.ts';
import { recallAdded } from '../run-memory.ts';
import { printResult, rememberedRun, type Session } from '../session.ts';
import { submittedRun } from '../submitted-run.ts';

export interface PushFlags {
  /** A private key: a file, or `env://NAME`. */
  readonly key?: string;
  /** Where to write the signed bundle. */
  readonly bundle?: string;
  /** Where to write the statement, for something else to sign it. */
  readonly statement?: string;
  /** What something else has signed. */
  readonly attestation?: string;
  /** False: sign and write, and hand nothing in. */
  readonly submit: boolean;
}

/** `proviso push`: signs the statement that the receiver renders, hands it in, and prints the verdict. */
export async function push(session: Session, flags: PushFlags): Promise<number> {
  const ref = await submittedRun(session);
  assertOneWay(flags);
  if (flags.statement !== undefined) return writeStatement(session, ref, flags.statement);
  if (!flags.submit && flags.bundle === undefined) {
    throw new Problem('usage', '--no-submit makes a bundle and has nowhere to put it', { hint: 'add --bundle FILE' });
  }
  const bundle = await bundleFor(session, ref, flags);
  if (flags.bundle !== undefined) await writeFile(resolve(session.io.cwd, flags.bundle), bundle);
  if (!flags.submit) {
    printResult(
      session,
      { bundle: flags.bundle },
      () => `signed, and written to ${flags.bundle}; nothing was handed in`,
    );
    return EXIT.ok;
  }
  const run = await session.receiver().push(ref, bundle);
  printResult(session, run, () => verdictText(session.io, run));
  return exitCodeOfVerdict(run.succeeded, run.reason);
}

/** Where another tool signs, nothing is signed here: the flags of the one way would be passed over in the other. */
function assertOneWay(flags: PushFlags): void {
  const given = (['statement', 'attestation', 'key', 'bundle'] as const).filter((name) => flags[name] !== undefined);
  const isElsewhere = flags.statement !== undefined || flags.attestation !== undefined;
  if (!isElsewhere || given.length === 1) return;
  throw new Problem('usage', `${given.map((name) => `--${name}`).join(' and ')} don't go together`, {
    hint: '--statement FILE alone writes what another tool is to sign, --attestation FILE alone hands in what it made',
  });
}

async function writeStatement(session: Session, ref: RunRef, file: string): Promise<number> {
  const statement = await statementFor(session, ref, true);
  await writeFile(resolve(session.io.cwd, file), statement);
  const said = `written to ${file}; nothing was handed in\nNext: have it signed, then proviso push --attestation FILE`;
  printResult(session, { statement: file }, () => said);
  return EXIT.ok;
}

async function bundleFor(session: Session, ref: RunRef, flags: PushFlags): Promise<Uint8Array> {
  if (flags.attestation !== undefined) return readBytes(session.io, flags.attestation, '--attestation');
  return signStatement(session, flags, await statementFor(session, ref, flags.submit));
}

/** What the receiver would have signed, once it is what was meant; complete, if it is to be handed in. */
async function statementFor(session: Session, ref: RunRef, mustBeComplete: boolean): Promise<Uint8Array> {
  const run = await session.receiver().state(ref);
  if (run.succeeded === 'Unknown' && mustBeComplete) assertComplete(run);
  const statement = await session.receiver().statement(ref);
  assertOurs(session, ref, run, statement);
  return statement;
}

/** Says early what the receiver would refuse anyway, with what to type. */
function assertComplete({ completeness, contract }: RunMessage): void {
  if (completeness.complete) return;
  const { present, required, missing } = completeness;
  throw new Problem(
    'contract-not-met',
    `${present}/${required} of what the contract '${contract.name}' requires is there`,
    {
      errors: missing.map(({ name, hint }) => ({ at: name, message: hint })),
      hint: 'add what is missing, then push again; see: proviso status',
    },
  );
}

/** Nobody should sign what he hasn't looked at: the statement must be about this run and hold what was added here. */
function assertOurs(session: Session, ref: RunRef, run: RunMessage, bytes: Buffer): void {
  const stated = statedBy(JSON.parse(bytes.toString('utf8')));
  const mismatch = (message: string): Problem =>
    new Problem('statement-mismatch', message, { hint: 'nothing was signed; see: proviso status' });
  if (stated.run !== run.uid) throw mismatch('the statement is about another run');
  if (rememberedRun(session)?.run !== ref.run) return;
  for (const [name, digest] of recallAdded(session.io.cwd)) {
    const found = stated.materials.get(name);
    if (found === digest) continue;
    throw mismatch(`'${name}' was added here as ${shortDigest(digest)}, and the statement has ${found ?? 'nothing'}`);
  }
}

async function signStatement(session: Session, flags: PushFlags, statement: Uint8Array): Promise<Uint8Array> {
  const { signWithCertificate, signWithKey } = await import('../signer/sign.ts');
  if (flags.key !== undefined) {
    const { readPrivateKey } = await import('../signer/private-key.ts');
    const { env } = session.io;
    const password = env.PROVISO_KEY_PASSWORD ?? env.COSIGN_PASSWORD;
    return signWithKey(await readPrivateKey(await keyText(session.io, flags.key), password), statement);
  }
  const { createSigningRequest } = await import('../../pki/request.ts');
  const { key, csr } = await createSigningRequest();
  const { certificateChain } = await session.receiver().certificate(csr);
  const [leaf] = certificateChain;
  if (leaf === undefined) throw new Problem('internal', 'the receiver issued no certificate');
  return signWithCertificate(key, leaf, statement);
}

async function keyText(io: Io, source: string): Promise<string> {
  const name = /^env:\/\/(.+)$/.exec(source)?.[1];
  if (name === undefined) return Buffer.from(await readBytes(io, source, '--key')).toString('utf8');
  const value = io.env[name];
  if (value) return value;
  throw new Problem('key-unreadable', `--key ${source}: the variable ${name} is not set`);
}

async function readBytes(io: Io, path: string, flag: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(io.cwd, path));
  } catch (cause) {
    const code = flag === '--key' ? 'key-unreadable' : 'usage';
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw new Problem(code, `${flag} ${path}: ${why}`, { cause });
  }
}

function verdictText(io: Io, run: RunMessage): string {
  const attestation = run.attestation;
  return [
    `${io.colours.bold('Verdict')}      ${formatVerdict(io, run)}`,
    ...(attestation === undefined
      ? []
      : [
          `${io.colours.bold('Attestation')}  ${attestation.digest}`,
          `${io.colours.bold('Signer')}       ${attestation.signer.identity ?? attestation.signer.fingerprint}`,
        ]),
    ...formatObjections(io, run.contract, run.materials, run.policies),
    `${io.colours.bold('See')}          kubectl get workflowrun -n ${run.namespace} ${run.run}`,
  ].join('\n');
}
