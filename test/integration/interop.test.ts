// deadline: 300
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { type CommandOutcome, mountSecret, runProviso, runScript } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey } from '../support/signing.ts';
import { digestOf } from '../support/statements.ts';
import { PUBLIC_GOOD } from '../support/trusted-root.ts';
import { type AttestBlob, type Attested, type CosignKey, cosign } from '../tools/cosign.ts';
import { signingConfig } from '../tools/cosign-arguments.ts';
import { type AttachedLayer, type Image, type Registry, startRegistry } from '../tools/registry.ts';
import { type Sigstore, startSigstore } from '../tools/sigstore.ts';
import { tool } from '../tools/tool.ts';

const EMAIL = 'dev@proviso.test';
const PACKAGE = 'what was built';

let sigstore: Sigstore;
let registry: Registry;
let key: CosignKey;
let shop: Shop;
let work: string;
const mounts = new Map<string, string>();

const test = suite('attestations of cosign');
test.before(async () => {
  sigstore = await startSigstore();
  registry = await startRegistry();
  key = await cosign('v3').generateKeyPair();
  shop = await openShop(manifests());
  for (const workflow of Object.keys(signersOf())) mounts.set(workflow, await mountSecret(shop, workflow));
  work = await mkdtemp(join(tmpdir(), 'proviso-interop-'));
  await writeFile(join(work, 'package.tgz'), PACKAGE);
  for (const workflow of [...mounts.keys()].filter((name) => name.startsWith('other-'))) {
    const { run } = JSON.parse(await fine(workflow, 'init --replace -o json')) as RunMessage;
    runsElsewhere.set(workflow, run);
  }
});
test.after(async () => {
  await shop?.stop();
  await sigstore?.stop();
  await registry?.stop();
  if (work !== undefined) await rm(work, { recursive: true, force: true });
});

/** Workflows, and whom each trusts: the signers of these tests, or others. */
const signersOf = (): Readonly<Record<string, object>> => {
  const keyless = { issuer: sigstore.issuers.email, subject: EMAIL };
  return {
    keyed: { key: { inline: key.publicKey } },
    keyless: { keyless },
    'other-key': { key: { inline: generateTestKey().publicPem } },
    'other-identity': { keyless: { ...keyless, subject: `x${EMAIL}` } },
    'other-issuer': { keyless: { ...keyless, issuer: sigstore.issuers.github } },
    'other-root': { keyless: { ...keyless, trustRootRef: { name: 'public' } } },
  };
};

function manifests(): string {
  const materials = [{ name: 'package', type: 'ARTIFACT', output: true }];
  return [
    manifest('TrustRoot', 'private', { default: true, sigstore: { inline: sigstore.trustedRoot } }),
    manifest('TrustRoot', 'public', { sigstore: { inline: PUBLIC_GOOD } }),
    ...Object.entries(signersOf()).flatMap(([name, signer]) => [
      manifest('Contract', name, { materials, signers: [signer] }),
      manifest('Workflow', name, { contractRef: { name } }),
    ]),
  ].join('\n---\n');
}

const environment = (workflow: string) => ({ PROVISO_DIR: mounts.get(workflow) ?? '' });
const proviso = (workflow: string, args: string): Promise<CommandOutcome> =>
  runProviso(work, args, environment(workflow));
async function fine(workflow: string, args: string): Promise<string> {
  const { code, text } = await proviso(workflow, args);
  assert.is(code, 0, `${args}\n${text}`);
  return text;
}

/** Opens and fills a run; what is to be signed is in `statement.json` afterwards. Returns its name. */
async function prepared(workflow: string): Promise<string> {
  const { run } = JSON.parse(await fine(workflow, 'init --replace -o json')) as RunMessage;
  await fine(workflow, 'add package package.tgz');
  await fine(workflow, 'push --statement statement.json');
  return run;
}

/** Pushes to a run that is open; the code says why it is refused. */
async function refused(workflow: string, run: string, code: string): Promise<string> {
  const env = { ...environment(workflow), PROVISO_RUN: `shop/${run}` };
  const outcome = await runProviso(work, 'push --attestation attestation.json', env);
  assert.is(outcome.code, 1, outcome.text);
  assert.match(outcome.text, new RegExp(`\\b${code}\\b`), `${workflow}: ${code}`);
  assert.is((await shop.run(run)).status?.attestation, undefined);
  return outcome.text;
}

/** A run of each workflow that trusts others; nothing is ever accepted there. */
const runsElsewhere = new Map<string, string>();
const refusedElsewhere = (workflow: string, code: string): Promise<string> =>
  refused(workflow, runsElsewhere.get(workflow) ?? '', code);

interface Form {
  readonly name: string;
  readonly signer: 'key' | 'token';
  readonly signing: Pick<AttestBlob, 'log' | 'timestamp' | 'form'>;
  /** Which of the files is handed in. */
  readonly file: (attested: Attested) => string | undefined;
  readonly form: string;
  readonly timeSource?: 'Log' | 'Timestamp';
}

const bundle = ({ bundle: text }: Attested): string => text;
const FORMS: readonly Form[] = [
  { name: 'a bundle, with a key', signer: 'key', signing: {}, file: bundle, form: 'bundle' },
  {
    name: 'a bundle, keyless with Rekor v1',
    signer: 'token',
    signing: { log: 'rekor-v1' },
    file: bundle,
    form: 'bundle',
    timeSource: 'Log',
  },
  {
    name: 'a bundle, keyless with Rekor v2 and a timestamp',
    signer: 'token',
    signing: { log: 'rekor-v2', timestamp: true },
    file: bundle,
    form: 'bundle',
    timeSource: 'Timestamp',
  },
  {
    name: 'an envelope, with a key',
    signer: 'key',
    signing: { form: 'legacy' },
    file: ({ envelope }) => envelope,
    form: 'dsse',
  },
  {
    name: 'the older file, keyless with Rekor v1',
    signer: 'token',
    signing: { form: 'legacy', log: 'rekor-v1' },
    file: bundle,
    form: 'dsse',
    timeSource: 'Log',
  },
];

const signerOf = async (signer: Form['signer']): Promise<AttestBlob['signer']> =>
  signer === 'key'
    ? { kind: 'key', key }
    : { kind: 'token', token: await sigstore.token({ kind: 'email', email: EMAIL }) };

for (const version of ['v2', 'v3'] as const) {
  for (const { name, signer, signing, file, form, timeSource } of FORMS) {
    test(`${version}: ${name}; accepted where it is trusted, and refused elsewhere`, async () => {
      const workflow = signer === 'key' ? 'keyed' : 'keyless';
      const run = await prepared(workflow);
      const statement = await readFile(join(work, 'statement.json'), 'utf8');
      const attested = await cosign(version).attestBlob({
        statement,
        signer: await signerOf(signer),
        ...(signer === 'key' ? {} : { sigstore }),
        ...signing,
      });
      await writeFile(join(work, 'attestation.json'), file(attested) ?? '');
      const elsewhere: readonly (readonly [string, string])[] =
        signer === 'key'
          ? [
              ['other-key', 'signature-invalid'],
              ['other-identity', 'signer-not-allowed'],
            ]
          : [
              ['other-key', 'signature-invalid'],
              ['other-identity', 'signer-not-allowed'],
              ['other-issuer', 'signer-not-allowed'],
              ['other-root', 'certificate-invalid'],
            ];
      for (const [stranger, code] of elsewhere) await refusedElsewhere(stranger, code);
      assert.match(await fine(workflow, 'push --attestation attestation.json'), /passed, Accepted/);
      const { attestation } = (await shop.run(run)).status ?? {};
      assert.is(attestation?.signer.kind, signer === 'key' ? 'Key' : 'Certificate');
      assert.is(attestation?.signer.identity, signer === 'key' ? undefined : EMAIL);
      assert.is(attestation?.signer.issuer, signer === 'key' ? undefined : sigstore.issuers.email);
      assert.is(attestation?.signer.timeSource, timeSource);
      assert.match(attestation?.mediaType ?? '', form === 'dsse' ? /dsse\.envelope/ : /sigstore\.bundle/);
      assert.is(attestation?.payloadDigest, digestOf(statement));
      // It is about that run and no other of the same workflow.
      await refused(workflow, await prepared(workflow), 'statement-mismatch');
    });
  }

  test(`${version}: what cosign itself says of an image is no attestation of a run, however well it is signed`, async () => {
    const image = await registry.pushImage('shop/app', JSON.stringify({ version }));
    const content = { image, predicate: { passed: true }, type: 'https://proviso.test/check/v1' };
    await cosign(version).attestImage({
      ...content,
      signer: await signerOf('token'),
      sigstore,
      log: 'rekor-v1',
      timestamp: true,
      form: 'legacy',
    });
    const [layer] = await registry.attestations(image);
    await writeFile(join(work, 'attestation.json'), descriptorOf(layer));
    const problem = await refused('keyless', await prepared('keyless'), 'statement-mismatch');
    assert.match(problem, /predicateType/);
    await refusedElsewhere('other-identity', 'signer-not-allowed');
    await refusedElsewhere('other-root', 'certificate-invalid');

    const another = await registry.pushImage('shop/app', JSON.stringify({ version, another: true }));
    await cosign(version).attestImage({ ...content, image: another, signer: await signerOf('key') });
    const [referrer] = await registry.referrers(another);
    await writeFile(join(work, 'attestation.json'), referrer?.content ?? '');
    await refused('keyed', await prepared('keyed'), 'statement-mismatch');
    await refusedElsewhere('other-key', 'signature-invalid');
  });
}

/** The OCI descriptor of a layer, with the layer in it. */
function descriptorOf(layer: AttachedLayer | undefined): string {
  assert.ok(layer);
  const { mediaType, annotations, content } = layer;
  const data = Buffer.from(content);
  const descriptor = { mediaType, digest: digestOf(data), size: data.length, annotations };
  return JSON.stringify({ ...descriptor, data: data.toString('base64') });
}

/** Runs the commands of a page in a new run, with everything that they name. */
async function follow(script: string, version: 'v2' | 'v3', workflow: string, image?: Image): Promise<CommandOutcome> {
  await prepared(workflow);
  const env = {
    ...environment(workflow),
    HOME: work,
    COSIGN_PASSWORD: key.password,
    ID_TOKEN: await sigstore.token({ kind: 'email', email: EMAIL }),
    IMAGE: image === undefined ? '' : `${image.repository}@${image.digest}`,
  };
  return runScript(work, script, env, { cosign: await tool(`cosign-${version}`) });
}

test('the commands of docs/interop.md, as they stand there', async () => {
  const page = await readFile(new URL('../../docs/interop.md', import.meta.url), 'utf8');
  const [withKey = '', keyless = '', attached = '', ...more] = [...page.matchAll(/```sh\n([^`]+)```/g)].map(
    ([, script]) => script ?? '',
  );
  assert.is(more.length, 0);
  await writeFile(join(work, 'cosign.key'), key.privateKey, { mode: 0o600 });
  await writeFile(join(work, 'signing_config.json'), signingConfig(sigstore, 'rekor-v2', true));
  await writeFile(join(work, 'trusted_root.json'), sigstore.trustedRoot);
  const ofVersion2 = (script: string): string => script.replace(' --use-signing-config=false', '');
  const images = {
    v2: await registry.pushImage('shop/app', JSON.stringify({ attached: 'v2' })),
    v3: await registry.pushImage('shop/app', JSON.stringify({ attached: 'v3' })),
  };
  for (const outcome of [
    await follow(withKey, 'v3', 'keyed'),
    await follow(keyless, 'v3', 'keyless'),
    await follow(attached, 'v3', 'keyed', images.v3),
    await follow(withKey.replace('--use-signing-config=false', '--new-bundle-format'), 'v2', 'keyed'),
    await follow(ofVersion2(withKey), 'v2', 'keyed'),
    await follow(ofVersion2(attached), 'v2', 'keyed', images.v2),
  ]) {
    assert.is(outcome.code, 0, outcome.text);
    assert.match(outcome.text, /passed, Accepted/);
  }
  const [layer] = await registry.attestations(images.v3);
  assert.match(layer?.mediaType ?? '', /dsse\.envelope/);
  // A second run has attested the same image, and what cosign downloads are both.
  const twice = await follow(attached, 'v3', 'keyed', images.v3);
  assert.is(twice.code, 1, twice.text);
  assert.match(twice.text, /attestation-malformed[\s\S]*expected one attestation, found 2 different ones/);
});

test('the layer of an image that holds the statement of a run, with what stands beside it in the manifest', async () => {
  const run = await prepared('keyed');
  const statement = await readFile(join(work, 'statement.json'), 'utf8');
  const { envelope } = await cosign('v2').attestBlob({ statement, signer: await signerOf('key'), form: 'legacy' });
  await writeFile(join(work, 'envelope.json'), envelope ?? '');
  const image = await registry.pushImage('shop/app', JSON.stringify({ run }));
  const attach = `cosign attach attestation --attestation envelope.json ${image.repository}@${image.digest}`;
  const { code, text } = await runScript(work, attach, { HOME: work }, { cosign: await tool('cosign-v2') });
  assert.is(code, 0, text);
  const [layer] = await registry.attestations(image);
  await writeFile(join(work, 'attestation.json'), descriptorOf(layer));
  await refusedElsewhere('other-key', 'signature-invalid');
  assert.match(await fine('keyed', 'push --attestation attestation.json'), /passed, Accepted/);
  assert.is((await shop.run(run)).status?.attestation?.signer.kind, 'Key');
});

test.run();
