// deadline: 300
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import type { RecordedMaterial, Workflow } from '../../src/api/types.gen.ts';
import { imageReference } from '../../src/cli/material/image.ts';
import { type CommandOutcome, mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey } from '../support/signing.ts';
import { digestOf } from '../support/statements.ts';
import { type CosignKey, cosign, type SignImage } from '../tools/cosign.ts';
import { type Image, type Registry, startRegistry } from '../tools/registry.ts';
import { type Sigstore, startSigstore } from '../tools/sigstore.ts';

const EMAIL = 'dev@proviso.test';
const WORKFLOWS = ['keyed', 'keyless', 'governed', 'torn'];
let sigstore: Sigstore;
let registry: Registry;
let key: CosignKey;
let shop: Shop;
let work: string;
const mounts = new Map<string, string>();
const stranger = generateTestKey();

const test = suite('signed images');
test.before(async () => {
  sigstore = await startSigstore();
  registry = await startRegistry();
  key = await cosign('v3').generateKeyPair();
  shop = await openShop(manifests());
  await shop.kubectl('apply -f -', baselines());
  for (const workflow of WORKFLOWS.filter((name) => name !== 'torn')) {
    mounts.set(workflow, await mountSecret(shop, workflow));
  }
  work = await mkdtemp(join(tmpdir(), 'proviso-images-'));
});
test.after(async () => {
  await shop?.stop();
  await registry?.stop();
  await sigstore?.stop();
  if (work !== undefined) await rm(work, { recursive: true, force: true });
});

const image = (signers?: readonly object[]) => ({
  materials: [{ name: 'image', type: 'CONTAINER_IMAGE', output: true, ...(signers === undefined ? {} : { signers }) }],
});
const byKey = () => ({ key: { inline: key.publicKey } });

function manifests(): string {
  const keyless = { issuer: sigstore.issuers.email, subject: EMAIL };
  const signers = { keyed: [byKey()], keyless: [{ keyless }], torn: [{ key: { inline: stranger.publicPem } }] };
  return [
    manifest('TrustRoot', 'private', { default: true, sigstore: { inline: sigstore.trustedRoot } }),
    ...Object.entries(signers).map(([name, list]) => manifest('Contract', name, image(list))),
    manifest('Contract', 'governed', image()),
    ...WORKFLOWS.map((name) =>
      JSON.stringify({
        apiVersion: 'proviso.dev/v1alpha1',
        kind: 'Workflow',
        metadata: { name, labels: { images: name } },
        spec: { contractRef: { name } },
      }),
    ),
  ].join('\n---\n');
}

/** What the organization asks of two of the workflows: one says nothing of it, the other something else. */
const baselines = (): string =>
  manifest('ClusterContract', 'signed-images', {
    workflowSelector: { matchExpressions: [{ key: 'images', operator: 'In', values: ['governed', 'torn'] }] },
    ...image([byKey()]),
  });

const proviso = (workflow: string, args: string): Promise<CommandOutcome> =>
  runProviso(work, args, { PROVISO_DIR: mounts.get(workflow) ?? '', HOME: work });
async function fine(workflow: string, args: string): Promise<string> {
  const { code, text } = await proviso(workflow, args);
  assert.is(code, 0, `${args}\n${text}`);
  return text;
}
async function refused(workflow: string, args: string): Promise<string> {
  const { code, text } = await proviso(workflow, args);
  assert.is(code, 1, text);
  assert.match(text, /image-not-signed/);
  assert.equal(await recorded(workflow), undefined);
  return text;
}
const stateOf = async (workflow: string): Promise<RunMessage> =>
  JSON.parse(await fine(workflow, 'status -o json')) as RunMessage;
const recorded = async (workflow: string): Promise<RecordedMaterial | undefined> =>
  (await stateOf(workflow)).materials.find(({ name }) => name === 'image');

const named = ({ repository, digest }: Image): string => `${repository}@${digest}`;
const pushed = (about: string): Promise<Image> => registry.pushImage('shop/app', JSON.stringify({ about }));
async function signed(about: string, version: 'v2' | 'v3', more: Partial<SignImage> = {}): Promise<Image> {
  const one = await pushed(about);
  await cosign(version).signImage({ image: one, signer: { kind: 'key', key }, ...more });
  return one;
}

for (const version of ['v2', 'v3'] as const) {
  for (const form of ['bundle', 'legacy'] as const) {
    test(`cosign ${version}, ${form}: accepted from whom the contract names, and refused from others`, async () => {
      await fine('keyed', 'init --replace');
      const another = await cosign(version).generateKeyPair();
      const wrong = await signed(`${version} ${form} other key`, version, {
        form,
        signer: { kind: 'key', key: another },
      });
      const problem = await refused('keyed', `add image ${named(wrong)}`);
      assert.match(problem, /a signature of the image 'image' by SHA256:\S+, and none of those that came is one/);
      assert.match(problem, /signature, \/signatures\/0\/layers\/0: expected a signature by the key SHA256:/);

      const good = await signed(`${version} ${form}`, version, { form });
      assert.match(await fine('keyed', `add image ${named(good)}`), /signed by SHA256:/);
      const material = await recorded('keyed');
      assert.is(material?.digest, good.digest);
      assert.equal(
        material?.signers?.map(({ kind }) => kind),
        ['Key'],
      );
      assert.is(material?.annotations?.['chainloop.material.signature.provider'], 'cosign');
      assert.is(material?.size, named(good).length);
      assert.match(await fine('keyed', 'push'), /passed, Accepted/);

      await fine('keyless', 'init --replace');
      await refused('keyless', `add image ${named(good)}`);
      const token = await sigstore.token({ kind: 'email', email: EMAIL });
      const services = { form, sigstore, log: 'rekor-v1', signer: { kind: 'token', token } } as const;
      const keyless = await signed(`${version} ${form} keyless`, version, services);
      assert.match(await fine('keyless', `add image ${named(keyless)}`), new RegExp(`signed by ${EMAIL}`));
      const [signer] = (await recorded('keyless'))?.signers ?? [];
      assert.is(signer?.identity, EMAIL);
      assert.is(signer?.issuer, sigstore.issuers.email);
    });
  }
}

test('none at all, and an attestation in place of one', async () => {
  await fine('keyed', 'init --replace');
  const bare = await pushed('bare');
  const problem = await refused('keyed', `add image ${named(bare)}`);
  assert.match(problem, /and no signature came with it/);
  assert.match(problem, /what to do: .*cosign sign/);
  // An attestation of the image by the same key is no signature of it.
  const predicate = { type: 'https://proviso.test/check/v1', predicate: {} };
  await cosign('v3').attestImage({ image: bare, ...predicate, signer: { kind: 'key', key } });
  assert.match(await refused('keyed', `add image ${named(bare)}`), /no signature came with it/);
});

/** Hands in by HTTP what no honest client would. */
async function put(body: string, form = 'reference') {
  const token = await shop.tokenOf('keyed');
  const { run } = await stateOf('keyed');
  const path = `/v1/namespaces/shop/runs/${run}/materials/image?form=${form}`;
  return { path, sending: { method: 'PUT', token, body } };
}
async function notSigned(body: string, form?: string): Promise<string> {
  const { path, sending } = await put(body, form);
  const { detail, errors = [] } = await shop.http.refused('image-not-signed', path, sending);
  assert.is(await recorded('keyed'), undefined);
  return [detail, ...errors.map(({ message }) => message)].join('\n');
}

test('what a client makes up is not believed', async () => {
  await fine('keyed', 'init --replace');
  const access = { credentials: () => Promise.resolve(undefined), plainHttp: false, onNote: () => {} };
  const good = await signed('good', 'v3');
  const other = await pushed('other');
  const document = await imageReference(named(good), true, access);

  const lent = document.replace(named(good), named(other));
  assert.match(await notSigned(lent), new RegExp(`expected the image ${other.digest}, found ${good.digest}`));
  assert.match(await notSigned(named(good)), /no signature came with it/, 'stripped');
  assert.match(await notSigned(JSON.stringify({ reference: named(good), signatures: [] })), /no signature came/);
  const layout = await (await fetch(`http://${good.repository.replace('/', '/v2/')}/manifests/${good.digest}`)).text();
  assert.match(await notSigned(layout, 'bytes'), /no signature came with it/, 'the manifest alone');

  // The payload names this image, and the signature is the one of another.
  const old = await signed('old', 'v2', { form: 'legacy' });
  const { signatures } = JSON.parse(await imageReference(named(old), true, access)) as {
    signatures: { manifest: string; layers: string[] }[];
  };
  const decoded = (text = ''): string => Buffer.from(text, 'base64').toString();
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const payload = decoded(signatures[0]?.layers[0]).replace(old.digest, other.digest);
  const manifest = JSON.parse(decoded(signatures[0]?.manifest)) as { layers: { digest: string }[] };
  const [layer] = manifest.layers;
  if (layer !== undefined) layer.digest = digestOf(payload);
  const forged = { manifest: encoded(JSON.stringify(manifest)), layers: [encoded(payload)] };
  assert.match(
    await notSigned(JSON.stringify({ reference: named(other), signatures: [forged] })),
    /a signature by the key/,
  );

  // A claim in place of a signature, and bytes that aren't those of the manifest.
  const { path, sending } = await put(JSON.stringify({ reference: named(other), signatures: [{ signers: ['me'] }] }));
  await shop.http.refused('material-invalid', path, sending);
  const swapped = { manifest: signatures[0]?.manifest, layers: [encoded(payload)] };
  await shop.http.refused('material-invalid', path, {
    ...sending,
    body: JSON.stringify({ reference: named(other), signatures: [swapped] }),
  });
  const claim = `${path}&annotation=chainloop.material.signature.provider%3Dcosign`;
  await shop.http.refused('material-annotation', claim, { ...sending, body: document });
  assert.is(await recorded('keyed'), undefined);

  const answer = await shop.http.call(path, { ...sending, body: document });
  assert.is(answer.json<MaterialMessage>().material.digest, good.digest, answer.body.toString());
});

test('what a baseline asks for holds for a contract that does not say it', async () => {
  await fine('governed', 'init --replace');
  const bare = await pushed('governed, unsigned');
  assert.match(await refused('governed', `add image ${named(bare)}`), /no signature came with it/);
  await fine('governed', `add image ${named(await signed('governed', 'v3'))}`);
  assert.match(await fine('governed', 'push'), /passed, Accepted/);
});

test('a draft is tried on who has signed the images on record', async () => {
  await shop.kubectl('create serviceaccount -n shop auditor');
  await shop.kubectl('create rolebinding -n shop auditor --clusterrole=proviso-view --serviceaccount=shop:auditor');
  const token = await shop.kubectl('create token -n shop auditor --audience=proviso');
  const env = { PROVISO_DIR: mounts.get('keyed') ?? '', PROVISO_TOKEN: token, HOME: work };
  const tried = async (signers: readonly object[]): Promise<CommandOutcome> => {
    await writeFile(join(work, 'draft.yaml'), manifest('Contract', 'keyed', image(signers)));
    return runProviso(work, 'contract try draft.yaml', env);
  };
  const same = await tried([byKey()]);
  assert.is(same.code, 0, same.text);
  assert.match(same.out, /4 of 4 would have met it/);
  const other = await tried([{ key: { inline: stranger.publicPem } }]);
  assert.is(other.code, 3, other.text);
  assert.match(other.out, /materials\[image\]\.signers: the image is signed by SHA256:[\s\S]*0 of 4 would have met it/);
  const elsewhere = await tried([{ key: { secretRef: { name: 'k', key: 'cosign.pub' } } }]);
  assert.match(elsewhere.err, /who signed is not judged/);
});

/** What the condition Ready of an object says, once it says it for this reason. */
const told = (object: string, reason: string): Promise<string> =>
  eventually(`${object}: ${reason}`, async () => {
    const { status } = JSON.parse(await shop.kubectl(`get -n shop ${object} -o json`)) as Workflow;
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.reason === reason ? ready.message : undefined;
  });

test('a contract that wants another signer than its baseline is no contract', async () => {
  const message = await told('workflow.proviso.dev/torn', 'BaselineConflict');
  assert.match(message, /materials\[image\]\.signers: .*nobody is left who may sign/);
});

test('a key that stands in a Secret is waited for, and read again when it changes', async () => {
  const signers = [{ key: { secretRef: { name: 'image-key', key: 'cosign.pub' } } }];
  await shop.kubectl('apply -n shop -f -', manifest('Contract', 'later', image(signers)));
  const message = await told('contract/later', 'KeyNotFound');
  assert.match(
    message,
    /^spec\.materials\[0\]\.signers\[0\]\.key\.secretRef: there is no Secret image-key in the namespace shop/,
  );
  const secret = (pem: string) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'image-key' },
      stringData: { 'cosign.pub': pem },
    });
  await shop.kubectl('apply -n shop -f -', secret('no key'));
  assert.match(
    await told('contract/later', 'KeyInvalid'),
    /^spec\.materials\[0\]\.signers\[0\]\.key \(Secret image-key\): /,
  );
  await shop.kubectl('apply -n shop -f -', secret(key.publicKey));
  await told('contract/later', 'Ready');
  const revision = await shop.kubectl('get -n shop contract later -o jsonpath={.status.revisionName}');
  const data = await shop.kubectl(
    `get -n shop controllerrevision ${revision} -o jsonpath={.data.materials[0].signers}`,
  );
  const [pinned] = JSON.parse(data) as { publicKey: string }[];
  assert.is(pinned?.publicKey.trim(), key.publicKey.trim());
});

test('a trusted root that a namespace may not use serves no signer of an image there', async () => {
  const keyless = { issuer: sigstore.issuers.email, subject: EMAIL, trustRootRef: { name: 'elsewhere' } };
  const root = { namespaces: { matchLabels: { team: 'others' } }, sigstore: { inline: sigstore.trustedRoot } };
  await shop.kubectl('apply -f -', manifest('TrustRoot', 'elsewhere', root));
  await shop.kubectl('apply -n shop -f -', manifest('Contract', 'abroad', image([{ keyless }])));
  assert.match(
    await told('contract/abroad', 'TrustRootNotFound'),
    /^spec\.materials\[0\]\.signers\[0\]\.keyless: .*elsewhere/,
  );
  const selector = { workflowSelector: { matchLabels: { images: 'keyless' } } };
  const baseline = manifest('ClusterContract', 'abroad', { ...selector, ...image([{ keyless }]) });
  await shop.kubectl('apply -f -', baseline);
  assert.match(
    await told('workflow.proviso.dev/keyless', 'TrustRootNotFound'),
    /the ClusterContract 'abroad'.*elsewhere/,
  );
});

test.run();
