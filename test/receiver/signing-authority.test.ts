import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createCertificateAuthority, type KeyPairPem } from '../../src/pki/authority.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';
import { createSigningAuthority } from '../../src/receiver/signing-authority.ts';

const test = suite('signing authority');
const now = new Date();
const fit = await createCertificateAuthority({ commonName: 'Given', now, days: 10 });

/** What the receiver makes of an authority that somebody has put into the Secret. */
async function given({ certificate, privateKey }: KeyPairPem): Promise<string> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const secret = { data: { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) } };
  const client = { find: () => Promise.resolve(secret) } as unknown as KubeClient;
  try {
    await createSigningAuthority(client, 'proviso-system').get();
    return 'taken';
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.message}` : `threw ${error}`;
  }
}

test('an authority that may not issue what is accepted is told at once', async () => {
  assert.is(await given(fit), 'taken');
  const leaf = await issueServingCertificate(fit, { hosts: ['a'], now, days: 1 });
  assert.match(await given(leaf), /^cluster-unavailable: .*proviso-signing-ca.*no authority \(CA:FALSE\)/);
});

test.run();
