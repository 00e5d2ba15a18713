import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { readPrivateKey } from '../../../src/cli/signer/private-key.ts';
import { signWithKey } from '../../../src/cli/signer/sign.ts';
import { verifyAttestation } from '../../../src/verify/attestation.ts';
import { NOW, STATEMENT, trustIn } from '../../verify/fixtures.ts';

const test = suite('private keys');

/** The form that cosign writes. */
function encryptAsCosign(key: KeyObject, password: string, title = 'COSIGN', n = 65_536): string {
  const salt = randomBytes(32);
  const nonce = randomBytes(24);
  const derived = scryptSync(password, salt, 32, { N: n, r: 8, p: 1, maxmem: 256 << 20 });
  const ciphertext = xsalsa20poly1305(derived, nonce).encrypt(key.export({ type: 'pkcs8', format: 'der' }));
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const json = {
    kdf: { name: 'scrypt', params: { N: n, r: 8, p: 1 }, salt: base64(salt) },
    cipher: { name: 'nacl/secretbox', nonce: base64(nonce) },
    ciphertext: base64(ciphertext),
  };
  const body = Buffer.from(JSON.stringify(json))
    .toString('base64')
    .replace(/(.{64})/g, '$1\n');
  return `-----BEGIN ENCRYPTED ${title} PRIVATE KEY-----\n${body}\n-----END ENCRYPTED ${title} PRIVATE KEY-----\n`;
}

async function signsWell(pem: string, password?: string): Promise<boolean> {
  const key = await readPrivateKey(pem, password);
  const bundle = signWithKey(key, STATEMENT);
  return verifyAttestation(bundle, trustIn({ privateKey: key, publicKey: createPublicKey(key) }), NOW).verified;
}

async function refusal(pem: string, password?: string): Promise<string> {
  try {
    await readPrivateKey(pem, password);
    return 'read';
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.message} ${error.hint ?? ''}` : `threw ${error}`;
  }
}

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

test('keys that OpenSSL makes, in both forms', async () => {
  const sec1 = execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString();
  assert.match(sec1, /BEGIN EC PRIVATE KEY/);
  assert.is(await signsWell(sec1), true);
  const ed25519 = execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519']).toString();
  assert.is(await signsWell(ed25519), true);
});

test('keys in the encrypted form of cosign, under both of its titles', async () => {
  assert.is(await signsWell(encryptAsCosign(p256, 'secret'), 'secret'), true);
  assert.is(await signsWell(encryptAsCosign(p256, '', 'SIGSTORE', 32_768), ''), true);
});

test('a wrong or missing password says which variable to set', async () => {
  const pem = encryptAsCosign(p256, 'secret', 'COSIGN', 32_768);
  assert.match(await refusal(pem), /^key-unreadable: the key is encrypted .*COSIGN_PASSWORD/);
  assert.match(await refusal(pem, 'guess'), /^key-unreadable: .*does not open with this password/);
});

test('what is no key for this', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  assert.match(await refusal(publicKey.export({ type: 'spki', format: 'pem' }).toString()), /public key/);
  assert.match(
    await refusal(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    /rsa of 1024 bits.*RSA of 2048 to 4096 bits/,
  );
  assert.match(await refusal('nonsense'), /no private key in PEM/);
});

// Last: OpenSSL keeps the error of a refused scrypt, and Node reports it for the next RSA key in the same process.
test('attack: a key file that asks for a terabyte of memory', async () => {
  const pem = encryptAsCosign(p256, 'x', 'COSIGN', 32_768);
  const body = pem.replace(/-----[^-]+-----|\n/g, '');
  const json = Buffer.from(body, 'base64').toString().replace('"N":32768', '"N":1073741824');
  const huge = `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n${Buffer.from(json).toString('base64')}\n-----END ENCRYPTED COSIGN PRIVATE KEY-----`;
  assert.match(await refusal(huge, 'x'), /^key-unreadable/);
});

test.run();
