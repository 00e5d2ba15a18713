import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { createSigningAuthority } from './authority.ts';
import { type CertificateLog, startCertificateLog } from './certificate-log.ts';
import { fulcioConfig } from './fulcio-config.ts';
import type { Issuer } from './issuer.ts';
import { directory, type Site, startServer } from './site.ts';

export interface Fulcio {
  readonly url: string;
  /** PEM: the intermediate, then the root. */
  readonly chain: string;
  readonly certificateLog: CertificateLog;
}

/** Fulcio with a file CA, the issuers' tokens, and a log that gives its certificates an SCT. */
export async function startFulcio(site: Site, issuer: Issuer): Promise<Fulcio> {
  const dir = await directory(site, 'fulcio');
  const file = (name: string) => join(dir, name);
  const { chain, encryptedKey, password } = await createSigningAuthority(new Date());
  await writeFile(file('chain.pem'), chain);
  await writeFile(file('key.pem'), encryptedKey, { mode: 0o600 });
  await writeFile(file('config.yaml'), fulcioConfig(issuer.urls));
  await writeFile(file('issuer.pem'), issuer.ca);
  const certificateLog = await startCertificateLog(site, file('chain.pem'));
  await writeFile(file('ctlog.pub'), certificateLog.publicKey.export({ type: 'spki', format: 'pem' }));
  const port = await freePort();
  const args = [
    ...['serve', '--host', '127.0.0.1', '--port', String(port), '--config-path', file('config.yaml')],
    ...['--grpc-host', '127.0.0.1', '--grpc-port', String(await freePort()), '--metrics-port', '0'],
    ...['--legacy-unix-domain-socket', file('socket'), '--ca', 'fileca', '--fileca-watch=false'],
    ...['--fileca-cert', file('chain.pem'), '--fileca-key', file('key.pem'), '--fileca-key-passwd', password],
    ...['--ct-log-url', certificateLog.url, '--ct-log-public-key-path', file('ctlog.pub')],
  ];
  const fulcio = await startServer(site, 'fulcio', args, { SSL_CERT_FILE: file('issuer.pem') });
  await fulcio.untilReady(`http://127.0.0.1:${port}/healthz`);
  return { url: `http://127.0.0.1:${port}`, chain, certificateLog };
}
