import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sha256Hex } from '../../api/canonical.ts';
import type { RunMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { statedBy } from '../../attestation/stated.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import { readPublicKey } from '../../verify/keys.ts';
import type { Trust, Verdict } from '../../verify/verdict.ts';
import { readAnswer } from '../client/answer.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { currentRun, printResult, runRef, type Session } from '../session.ts';

export interface VerifyFlags {
  readonly bundle?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly identity?: string;
  /** When the bundle was received; certificates live ten minutes. */
  readonly at?: string;
}

/** One link of the chain of reasons. */
interface Reason {
  readonly ok: boolean;
  readonly text: string;
}

/** `proviso verify`: checks an accepted run again, or a bundle from a file against a key or an authority. */
export async function verify(session: Session, name: string | undefined, flags: VerifyFlags): Promise<number> {
  const reasons =
    flags.bundle === undefined ? await verifyRun(session, name) : await verifyFile(session.io, flags.bundle, flags);
  const ok = reasons.every((reason) => reason.ok);
  printResult(session, { verified: ok, reasons }, () => formatReasons(session.io, reasons, ok));
  return ok ? EXIT.ok : EXIT.error;
}

function formatReasons(io: Io, reasons: readonly Reason[], ok: boolean): string {
  const { green, red, bold } = io.colours;
  const lines = reasons.map((reason) => `${reason.ok ? green('ok  ') : red('FAIL')} ${reason.text}`);
  return [...lines, ok ? bold(green('Verified')) : bold(red('NOT verified'))].join('\n');
}

async function verifyRun(session: Session, name: string | undefined): Promise<readonly Reason[]> {
  const ref = name === undefined ? currentRun(session) : runRef(session, name);
  const run = await session.receiver().state(ref);
  const { attestation } = run;
  if (attestation === undefined) {
    return [{ ok: false, text: `the run has no accepted attestation: ${run.reason}. ${run.message}` }];
  }
  const bytes = await readAnswer(await session.receiver().evidence(attestation.digest));
  const found = `sha256:${sha256Hex(bytes)}`;
  const verdict = verifyAttestation(bytes, trustOf(run), new Date(attestation.receiveTime));
  return [
    { ok: found === attestation.digest, text: `the stored bytes have the digest on the run, ${attestation.digest}` },
    signatureReason(verdict),
    ...(verdict.verified ? statementReasons(run, verdict.statement) : []),
    { ok: run.succeeded === 'True', text: `the verdict of the run is ${run.reason}: ${run.message}` },
  ];
}

function trustOf({ verification }: RunMessage): Trust {
  const keys = (verification?.keys ?? []).flatMap((pem) => {
    const reading = readPublicKey(pem);
    return reading.ok ? [{ publicKey: reading.publicKey, fingerprint: reading.fingerprint }] : [];
  });
  const { identity, roots } = verification ?? {};
  return { keys, ...(identity === undefined || roots === undefined ? {} : { clusterCa: { roots, identity } }) };
}

const signatureReason = (verdict: Verdict): Reason =>
  verdict.verified
    ? {
        ok: true,
        text: `it is signed by ${verdict.signer.kind === 'key' ? `the key ${verdict.signer.fingerprint}` : verdict.signer.identity}`,
      }
    : {
        ok: false,
        text: verdict.refusals
          .map(({ step, expected, found }) => `${step}: expected ${expected}, found ${found}`)
          .join('; '),
      };

function statementReasons(run: RunMessage, statement: Readonly<Record<string, unknown>>): readonly Reason[] {
  const stated = statedBy(statement);
  const agrees =
    stated.materials.size === run.materials.length &&
    run.materials.every(({ name, digest }) => stated.materials.get(name) === digest);
  return [
    { ok: stated.run === run.uid, text: `its statement is about the run ${run.namespace}/${run.run}` },
    { ok: agrees, text: `its statement names the ${run.materials.length} materials of the run with their digests` },
  ];
}

async function verifyFile(io: Io, file: string, flags: VerifyFlags): Promise<readonly Reason[]> {
  const trust = await offlineTrust(io, flags);
  const now = flags.at === undefined ? new Date() : new Date(flags.at);
  if (Number.isNaN(now.getTime()))
    throw new Problem('usage', `--at '${flags.at}' is no time such as 2026-01-31T12:00:00Z`);
  return [signatureReason(verifyAttestation(await read(io, file), trust, now))];
}

async function offlineTrust(io: Io, { key, ca, identity }: VerifyFlags): Promise<Trust> {
  if (key !== undefined) {
    const reading = readPublicKey((await read(io, key)).toString('utf8'));
    if (!reading.ok) throw new Problem('key-unreadable', `--key ${key}: ${reading.message}`);
    return { keys: [{ publicKey: reading.publicKey, fingerprint: reading.fingerprint }] };
  }
  if (ca !== undefined && identity !== undefined) {
    return { keys: [], clusterCa: { roots: [(await read(io, ca)).toString('utf8')], identity } };
  }
  throw new Problem('usage', 'it is not said whose signature is expected', {
    hint: 'add --key cosign.pub, or --ca FILE with --identity URI',
  });
}

const read = (io: Io, file: string): Promise<Buffer> =>
  readFile(resolve(io.cwd, file)).catch((cause: unknown) => {
    throw new Problem('usage', `'${file}' can't be read`, { cause });
  });
