import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import type { RecordedStatement, WorkflowRun } from '../../src/api/types.gen.ts';
import { readKeyList } from '../../src/verify/key-list.ts';
import { manifest } from './manifest.ts';
import { tokenOfPod } from './pods.ts';
import { openShop, type Shop } from './shop.ts';
import { generateTestKey, signedBundle, type TestKey } from './signing.ts';

/** What a client may say of itself, all of it untrue. */
export const CLAIMS = {
  runner: { type: 'GITHUB_ACTION', url: 'https://claimed.example.com/7' },
  commit: {
    sha: 'c1a1'.repeat(10),
    author: 'Claimed',
    remotes: [{ name: 'origin', url: 'https://claimed.example.com/r' }],
  },
};

export interface Accepted {
  readonly run: WorkflowRun;
  readonly bundle: Uint8Array;
}

/** A shop whose runs end well: with an output, except for those of the workflow `empty`. */
export class Pipelines {
  readonly shop: Shop;
  /** Signs every attestation. */
  readonly key: TestKey;

  private constructor(shop: Shop, key: TestKey) {
    this.shop = shop;
    this.key = key;
  }

  static async open(): Promise<Pipelines> {
    const key = generateTestKey();
    const signers = [{ key: { inline: key.publicPem } }];
    const materials = [
      { name: 'package', type: 'ARTIFACT', output: true },
      { name: 'log', type: 'EVIDENCE', optional: true },
    ];
    const manifests = [
      manifest('Contract', 'release', { materials, signers }),
      manifest('Contract', 'bare', { signers }),
      manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
      manifest('Workflow', 'other', { contractRef: { name: 'release' } }),
      manifest('Workflow', 'empty', { contractRef: { name: 'bare' } }),
    ];
    return new Pipelines(await openShop(manifests.join('\n---\n')), key);
  }

  /** Opens, fills and pushes a run; `claims` go into init. */
  async accepted(workflow: string, token: string, materials: Record<string, string>, claims = {}): Promise<Accepted> {
    const { http } = this.shop;
    const opened = await http.call('/v1/runs', { method: 'POST', token, body: { workflow, ...claims } });
    assert.ok(opened.status < 300, opened.body.toString());
    const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}`;
    for (const [name, body] of Object.entries(materials)) {
      const added = await http.call(`${path}/materials/${name}`, { method: 'PUT', token, body });
      assert.is(added.status, 200, added.body.toString());
    }
    const statement = await http.call(`${path}/statement`, { token });
    const bundle = signedBundle(statement.body, this.key);
    const pushed = await http.call(`${path}/attestation`, { method: 'POST', token, body: bundle });
    assert.is(pushed.status, 200, pushed.body.toString());
    const run = await this.shop.run(opened.json<RunMessage>().run);
    assert.equal(pushed.json<RunMessage>().statements, run.status?.statements, 'the answer says what was written');
    return { run, bundle };
  }

  /** A run that nothing is known of but the identity. */
  async outside(text: string, workflow = 'build', claims = {}): Promise<Accepted> {
    return this.accepted(workflow, await this.shop.tokenOf(workflow), { package: text }, claims);
  }

  /** A run of a pod with these owners. */
  async ofPod(text: string, name: string, ownerReferences: readonly object[], claims = {}): Promise<Accepted> {
    const token = await tokenOfPod(this.shop, { name, serviceAccount: 'proviso-build', ownerReferences });
    return this.accepted('build', token, { package: text, log: `log of ${text}` }, claims);
  }

  blobOf(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return join(this.shop.stack.controlPlane.dir, 'evidence/blobs/sha256', hex.slice(0, 2), hex);
  }

  bytesOf({ digest }: RecordedStatement): Promise<Buffer> {
    return readFile(this.blobOf(digest));
  }

  /** A value of the ConfigMap with the public keys. */
  published(name: string): Promise<string> {
    const path = `{.data.${name.replaceAll('.', '\\.')}}`;
    return this.shop.kubectl(`get configmap -n proviso-system proviso-control-plane-keys -o jsonpath=${path}`);
  }

  /** The public keys as a consumer reads them. */
  async trusted() {
    const reading = readKeyList(await this.published('control-plane-keys.json'));
    if (!reading.ok) throw new Error(reading.message);
    return reading.list;
  }
}

export const statementOf = ({ status }: WorkflowRun, type: string): RecordedStatement | undefined =>
  status?.statements?.find(({ predicateType }) => predicateType === type);

export const digestOf = (bytes: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The signed statement of a bundle, as text. */
export function payloadOf(bundle: Buffer): string {
  const { dsseEnvelope } = JSON.parse(bundle.toString()) as { dsseEnvelope: { payload: string } };
  return Buffer.from(dsseEnvelope.payload, 'base64').toString();
}
