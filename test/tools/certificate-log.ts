import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { directory, type Site, startServer } from './site.ts';

export interface CertificateLog {
  readonly url: string;
  readonly publicKey: KeyObject;
}

/** A certificate transparency log for what the roots in `rootsFile` have issued: TesseraCT on the file system. */
export async function startCertificateLog(site: Site, rootsFile: string): Promise<CertificateLog> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const dir = await directory(site, 'ctlog');
  const keyFile = join(dir, 'key.pem');
  await writeFile(keyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  const address = `127.0.0.1:${await freePort()}`;
  const log = await startServer(site, 'tesseract', [
    ...['--http_endpoint', address, '--origin', 'ctlog.proviso.test', '--private_key', keyFile],
    ...['--roots_pem_file', rootsFile, '--storage_dir', join(dir, 'log'), '--checkpoint_interval', '500ms'],
    ...['--batch_max_age', '100ms', '--logtostderr'],
  ]);
  await log.untilReady(`http://${address}/ct/v1/get-roots`);
  return { url: `http://${address}`, publicKey };
}
