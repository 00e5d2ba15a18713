import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { directory, type Site, startServer, textFrom } from './site.ts';

/** The names under which the logs sign their checkpoints. Verification looks for them in a trusted root's URLs. */
export const REKOR_V1_ORIGIN = 'rekor-v1.proviso.test';
export const REKOR_V2_ORIGIN = 'rekor-v2.proviso.test';

export interface TransparencyLog {
  readonly url: string;
  /** DER of its public key. */
  readonly publicKey: Uint8Array;
}

/** Rekor v1, whose entries carry a signed time, on a Trillian in memory. */
export async function startRekorV1(site: Site): Promise<TransparencyLog> {
  const trillianPort = await freePort();
  const trillian = await startServer(site, 'trillian', ['--port', String(trillianPort)]);
  const port = await freePort();
  const rekor = await startServer(site, 'rekor-v1', [
    ...['serve', '--rekor_server.address', '127.0.0.1', '--port', String(port), '--rekor_server.signer', 'memory'],
    ...['--rekor_server.hostname', REKOR_V1_ORIGIN, '--trillian_log_server.port', String(trillianPort)],
    // The search index would take a Redis.
    ...['--enable_retrieve_api=false', '--enabled_api_endpoints', REKOR_V1_ENDPOINTS.join(',')],
  ]);
  await rekor.untilReady(`http://127.0.0.1:${port}/api/v1/log`, trillian);
  const url = `http://127.0.0.1:${port}`;
  return { url, publicKey: derOf(await textFrom(`${url}/api/v1/log/publicKey`)) };
}

const REKOR_V1_ENDPOINTS = [
  ...['createLogEntry', 'getLogEntryByIndex', 'getLogEntryByUUID', 'searchLogQuery'],
  ...['getLogInfo', 'getPublicKey', 'getLogProof'],
];

/** Rekor v2, whose entries carry no time, on the file system. */
export async function startRekorV2(site: Site): Promise<TransparencyLog> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const dir = await directory(site, 'rekor-v2');
  const keyFile = join(dir, 'key.pem');
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const port = await freePort();
  const rekor = await startServer(site, 'rekor-v2', [
    ...['serve', '--http-port', String(port), '--grpc-port', String(await freePort())],
    ...['--http-metrics-port', String(await freePort()), '--hostname', REKOR_V2_ORIGIN],
    ...['--storage-dir', join(dir, 'log'), '--signer-filepath', keyFile],
    ...['--checkpoint-interval', '500ms', '--batch-max-age', '100ms'],
  ]);
  await rekor.untilReady(`http://127.0.0.1:${port}/healthz`);
  return { url: `http://127.0.0.1:${port}`, publicKey: publicKey.export({ type: 'spki', format: 'der' }) };
}

const derOf = (pem: string): Uint8Array => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
