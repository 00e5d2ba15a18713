import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../controlplane/child.ts';
import { startFulcio } from './fulcio.ts';
import { type Identity, type Issuer, type IssuerKind, startIssuer } from './issuer.ts';
import { startRekorV1, startRekorV2 } from './rekor.ts';
import type { Site } from './site.ts';
import { startTimestampAuthority } from './timestamps.ts';
import { type Services, trustedRoot } from './trusted-root.ts';

export type { Identity } from './issuer.ts';

/**
 * A private Sigstore on loopback, of its real servers: Fulcio with a certificate transparency log, a timestamp authority,
 * Rekor v1 and v2. Only the issuer of tokens is ours.
 */
export interface Sigstore {
  /** A `trusted_root.json` v0.1 with all of them. */
  readonly trustedRoot: string;
  readonly urls: {
    readonly fulcio: string;
    readonly timestamps: string;
    readonly rekorV1: string;
    readonly rekorV2: string;
  };
  /** The issuers as they stand in certificates. */
  readonly issuers: Readonly<Record<IssuerKind, string>>;
  /** The same trust as files, for tools that take no `trusted_root.json`. */
  readonly files: {
    readonly trustedRoot: string;
    readonly fulcioChain: string;
    readonly certificateLogKey: string;
    readonly timestampChain: string;
    readonly rekorV1Key: string;
  };
  /** A token with which Fulcio certifies the identity, valid for ten minutes. */
  token(identity: Identity): Promise<string>;
  /** The last lines of every server, for an error's message. */
  logs(): string;
  stop(): Promise<void>;
}

/** Starts everything and waits until it answers. A failed start throws with the server's own last lines. */
export async function startSigstore(): Promise<Sigstore> {
  const start = new Date(Date.now() - 60_000);
  const dir = await mkdtemp(join(tmpdir(), 'proviso-sigstore-'));
  const children = new Map<string, Child>();
  const site: Site = { dir, children };
  const issuer = await startIssuer();
  const stop = async () => {
    await Promise.all([...children.values()].map((child) => child.stop('SIGKILL')));
    await issuer.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const services = await startServices(site, issuer);
    const root = trustedRoot(services, start);
    const { fulcio, timestamps, rekorV1, rekorV2 } = services;
    return {
      trustedRoot: root,
      urls: { fulcio: fulcio.url, timestamps: timestamps.url, rekorV1: rekorV1.url, rekorV2: rekorV2.url },
      issuers: issuer.urls,
      files: await writeTrust(dir, services, root),
      token: issuer.token,
      logs: () => [...children].map(([name, child]) => `--- ${name}\n${child.tail()}`).join('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServices(site: Site, issuer: Issuer): Promise<Services> {
  const starting = [
    startFulcio(site, issuer),
    startTimestampAuthority(site),
    startRekorV1(site),
    startRekorV2(site),
  ] as const;
  // If one fails, the others must not go on starting behind the back of the one that cleans up.
  await Promise.allSettled(starting);
  const [fulcio, timestamps, rekorV1, rekorV2] = await Promise.all(starting);
  return { fulcio, timestamps, rekorV1, rekorV2 };
}

async function writeTrust(dir: string, services: Services, root: string): Promise<Sigstore['files']> {
  const { fulcio, timestamps, rekorV1 } = services;
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  return {
    trustedRoot: await write('trusted_root.json', root),
    fulcioChain: await write('fulcio.pem', fulcio.chain),
    certificateLogKey: await write('ctlog.pub', fulcio.certificateLog.publicKey.export(SPKI).toString()),
    timestampChain: await write('timestamps.pem', timestamps.chain),
    rekorV1Key: await write('rekor-v1.pub', pemOf(rekorV1.publicKey)),
  };
}

const SPKI = { type: 'spki', format: 'pem' } as const;

const pemOf = (spki: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(spki).toString('base64')}\n-----END PUBLIC KEY-----\n`;
