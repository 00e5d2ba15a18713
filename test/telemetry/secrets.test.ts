import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runProviso } from '../support/command-line.ts';
import { startProcess } from '../support/process.ts';
import { secretsIn, useSecret, useToken } from '../support/secrets.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

/** The check that every test with processes makes must find what it looks for. */
const test = suite('secrets in logs');
const part = (text: string): string => Buffer.from(text.repeat(20)).toString('base64url');
const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${part('claims')}.${part('signature')}`;
const key = generateTestKey();
const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const bundle = Buffer.from(
  signedBundle(Buffer.from('{"a statement": "that is long enough to be told from others"}'), key),
);
const line = (detail: string): string => JSON.stringify({ level: 'info', msg: 'Request refused', detail });

test('a token is found whole, by its signature and by its claims', () => {
  useToken(TOKEN);
  const [, claims = '', signature = ''] = TOKEN.split('.');
  for (const text of [TOKEN, `Bearer ${TOKEN}`, signature, claims]) assert.ok(secretsIn(line(text)).length > 0, text);
});

test('a private key is found as PEM and as JSON has it, its public half is not', () => {
  for (const text of [pem, JSON.stringify({ pem }), pem.split('\n')[2] ?? '']) {
    assert.ok(secretsIn(line(text)).includes('a private key'), text);
  }
  assert.equal(secretsIn(line(key.publicPem)), []);
});

test('the payload and the signature of a bundle are found, by themselves too', () => {
  const { dsseEnvelope } = JSON.parse(bundle.toString('utf8')) as {
    dsseEnvelope: { payload: string; signatures: { sig: string }[] };
  };
  for (const text of [bundle.toString('utf8'), dsseEnvelope.payload, dsseEnvelope.signatures[0]?.sig ?? '']) {
    assert.ok(
      secretsIn(line(text)).some((what) => what.endsWith('of an attestation')),
      text,
    );
  }
});

test('what a Secret holds is found, but for what everybody may know', () => {
  const data = {
    password: 'correct horse battery',
    'ca.crt': 'a certificate for all',
    endpoint: 'https://receiver.example',
  };
  const encoded = Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
  useSecret({ metadata: { namespace: 'shop', name: 'login' }, data: Object.fromEntries(encoded) });
  assert.equal(secretsIn(line(data.password)), ['password of the Secret shop/login']);
  assert.equal(secretsIn(line(`${data['ca.crt']} ${data.endpoint}`)), []);
});

test('a process that writes one fails its test when it is stopped, and so does a command', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-secrets-'));
  try {
    const entry = join(dir, 'leaky.mjs');
    await writeFile(entry, `console.log(process.argv[2]); setInterval(() => {}, 1000);`);
    const started = async (says: string) => {
      const running = startProcess('leaky', [says], join(dir, `${says.length}.log`), [entry]);
      await new Promise((resolve) => running.child.stdout?.once('data', resolve));
      return running;
    };
    assert.is(await (await started('nothing of the kind')).stop(), null);
    const message = await (await started(line(TOKEN))).stop().then(String, (error: Error) => error.message);
    assert.match(message, /^leaky .* has written a token, /);
    assert.not.match(message, /eyJ/, 'it is not shown');
    const said = await runProviso(dir, TOKEN, {}).then(String, (error: Error) => error.message);
    assert.match(said, /has written a token/);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test.run();
