// deadline: 120
import { execFile } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeKeyList } from '../../src/verify/key-list.ts';
import { fingerprintOf } from '../../src/verify/keys.ts';
import { generateTestKey, signedBundle, type TestKey } from '../support/signing.ts';
import { createSigstore, ISSUER, SIGNED_AT, WORKFLOW } from '../verify/sigstore.ts';

const test = suite('cli verify --vsa');
const ROOT = new URL('../..', import.meta.url).pathname;
const VERIFIER = 'https://proviso.dev/cluster/uid-c';
const [old, current] = [generateTestKey(), generateTestKey()];
const digestOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const published = ({ publicPem }: TestKey, validFrom: string, validUntil?: string) => ({
  kind: 'key' as const,
  publicKey: publicPem,
  fingerprint: fingerprintOf(createPublicKey(publicPem)),
  validFrom,
  ...(validUntil === undefined ? {} : { validUntil }),
});

// At once: its authorities are of the real now.
const sigstore = await createSigstore();
let cwd: string;
test.before.each(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-files-'));
  await writeFile(join(cwd, 'app.tgz'), 'the artifact');
  await writeFile(join(cwd, 'current.pub'), current.publicPem);
  await writeFile(join(cwd, 'attestation.json'), 'an attestation');
  const keys = [
    published(old, '2025-01-01T00:00:00Z', '2025-09-01T00:00:00Z'),
    published(current, '2025-08-31T00:00:00Z'),
  ];
  await writeFile(join(cwd, 'keys.json'), writeKeyList({ verifierId: VERIFIER, keys }));
});
test.after.each(() => rm(cwd, { recursive: true, force: true }));

const summary = (changes: object = {}) => ({
  verifier: { id: VERIFIER },
  timeVerified: '2026-01-01T00:00:00Z',
  resourceUri: `${VERIFIER}/namespaces/shop/workflows/build`,
  policy: {
    uri: `${VERIFIER}/namespaces/shop/contracts/release/revisions/release-1`,
    digest: { sha256: 'c'.repeat(64) },
  },
  inputAttestations: [{ digest: { sha256: digestOf('an attestation') } }],
  verificationResult: 'PASSED',
  verifiedLevels: ['PROVISO_CONTRACT_MET'],
  ...changes,
});

/** Verifies a summary with these predicate members, in an environment that knows no cluster. */
async function verify(args: string, changes: object = {}, key = current, subject = digestOf('the artifact')) {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app.tgz', digest: { sha256: subject } }],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: summary(changes),
  };
  await writeFile(join(cwd, 'vsa.json'), signedBundle(Buffer.from(JSON.stringify(statement)), key));
  return proviso(['verify', '--vsa', 'vsa.json', ...args.split(' ')]);
}

function proviso(args: readonly string[]) {
  return new Promise<{ code: number; out: string }>((resolve) => {
    execFile(
      process.execPath,
      [`${ROOT}src/main.ts`, ...args],
      { cwd, env: { PATH: process.env.PATH ?? '' } },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: out + err }),
    );
  });
}
const ALL = '--artifact app.tgz --key keys.json --workflow shop/build';

test('the chain of reasons, as people and as programs read it', async () => {
  const { code, out } = await verify(`${ALL} --attestation attestation.json`);
  assert.is(code, 0, out);
  assert.equal(out.split('\n'), [
    `ok   app.tgz has the digest sha256:${digestOf('the artifact')}`,
    `ok   it is signed by the control-plane key ${fingerprintOf(createPublicKey(current.publicPem))}`,
    'ok   it is a verification summary, https://slsa.dev/verification_summary/v1',
    'ok   it was signed at 2026-01-01T00:00:00Z, while that key counts',
    `ok   it speaks of sha256:${digestOf('the artifact')}`,
    `ok   its verifier is ${VERIFIER}`,
    `ok   it was accepted as ${VERIFIER}/namespaces/shop/workflows/build`,
    'ok   its result is PASSED',
    'ok   its levels are PROVISO_CONTRACT_MET',
    `ok   its policy is ${VERIFIER}/namespaces/shop/contracts/release/revisions/release-1, sha256:${'c'.repeat(64)}`,
    `ok   it was made of the attestation sha256:${digestOf('an attestation')}`,
    `ok   attestation.json is the attestation that was verified, sha256:${digestOf('an attestation')}`,
    'Verified',
    '',
  ]);
  const json = JSON.parse((await verify(`${ALL} -o json`)).out) as {
    verified: boolean;
    summary: { resourceUri: string };
  };
  assert.equal([json.verified, json.summary.resourceUri], [true, `${VERIFIER}/namespaces/shop/workflows/build`]);
});

test('a key alone says not for whom it signs; with that it will do', async () => {
  const alone = await verify('--artifact app.tgz --key current.pub --workflow shop/build');
  assert.is(alone.code, 2, alone.out);
  assert.match(alone.out, /--verifier-id URI/);
  const named = await verify(`--artifact app.tgz --key current.pub --verifier-id ${VERIFIER} --workflow shop/build`);
  assert.is(named.code, 0, named.out);
});

test('a summary of a replaced key still verifies, of its time', async () => {
  const then = { timeVerified: '2025-06-01T00:00:00Z' };
  assert.is((await verify(ALL, then, old)).code, 0);
  const late = await verify(ALL, {}, old);
  assert.is(late.code, 1);
  assert.match(late.out, /FAIL time: expected a time from 2025-01-01T00:00:00Z until 2025-09-01T00:00:00Z/);
});

test('attack: of an unknown key, for another artifact, for another cluster, failed, or of another attestation', async () => {
  for (const [says, outcome] of [
    [/FAIL signature: /, await verify(ALL, {}, generateTestKey())],
    [/FAIL subject: /, await verify(ALL, {}, current, digestOf('another artifact'))],
    [/FAIL verifier: /, await verify(ALL, { verifier: { id: 'https://proviso.dev/cluster/other' } })],
    [/FAIL resource: /, await verify(ALL, { resourceUri: `${VERIFIER}/namespaces/evil/workflows/build` })],
    [/FAIL result: /, await verify(ALL, { verificationResult: 'FAILED' })],
    [/FAIL levels: /, await verify(`${ALL} --level SLSA_BUILD_LEVEL_1`)],
    [
      /FAIL attestation\.json has the digest/,
      await verify(`${ALL} --attestation attestation.json`, { inputAttestations: [] }),
    ],
    [/FAIL app\.tgz has the digest/, await verify(`${ALL} --digest sha256:${'0'.repeat(64)}`)],
  ] as const) {
    assert.is(outcome.code, 1, outcome.out);
    assert.match(outcome.out, says);
    assert.match(outcome.out, /\nNOT verified\n$/);
  }
});

test('attack: a summary that writes on the terminal', async () => {
  const { out } = await verify(ALL, { policy: { uri: 'https://example.com/\u001b[2K\u001b[1Gok' } });
  assert.not.ok(out.includes('\u001b'), out);
});

test('what is not said is asked for, and two things are not verified at once', async () => {
  for (const [args, says] of [
    ['--artifact app.tgz --workflow shop/build', /--key control-plane-keys\.json/],
    ['--artifact app.tgz --key keys.json', /--workflow NAMESPACE\/NAME/],
    ['--key keys.json --workflow shop/build', /--artifact FILE or --digest/],
    ['--digest abc --key keys.json --workflow shop/build', /is not a digest/],
    ['--artifact app.tgz --key keys.json --workflow build', /NAMESPACE\/NAME was expected/],
    [`${ALL} --material web=app.tgz`, /--attestation FILE/],
    [`${ALL} --signer-key current.pub`, /who has signed can't be checked without the attestation/],
    [`${ALL} --attestation attestation.json --issuer https://issuer.example`, /--trusted-root FILE with --identity/],
    [`${ALL} --at 2026-01-01T00:00:00Z`, /--at has no meaning with --vsa/],
    [`${ALL} --bundle vsa.json`, /one at a time/],
    ['--artifact none.tgz --key keys.json --workflow shop/build', /'none\.tgz' can't be read/],
  ] as const) {
    const { code, out } = await verify(args);
    assert.is(code, 2, out);
    assert.match(out, says);
  }
});

test('attack: the issuer of the one who signed the attestation is looked at', async () => {
  const bytes = JSON.stringify(await sigstore.bundle());
  await writeFile(join(cwd, 'attestation.json'), bytes);
  await writeFile(join(cwd, 'root.json'), JSON.stringify(sigstore.root));
  const inputs = {
    timeVerified: SIGNED_AT.toISOString(),
    inputAttestations: [{ digest: { sha256: digestOf(bytes) } }],
  };
  const by = (issuer: string) =>
    verify(
      `${ALL} --attestation attestation.json --trusted-root root.json --identity ${WORKFLOW} --issuer ${issuer}`,
      inputs,
    );
  assert.match((await by(ISSUER)).out, /ok {3}it is signed by https:\/\/github\.com.* of https:/);
  const other = await by('https://issuer.example/other');
  assert.is(other.code, 1);
  assert.match(other.out, /FAIL signer: expected an identity of the issuer 'https:\/\/issuer\.example\/other'/);
});

test.run();
