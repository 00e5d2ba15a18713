import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { manifest } from './manifest.ts';
import { openShop, type Shop } from './shop.ts';
import { generateTestKey, signedBundle } from './signing.ts';

/** Who signs for its contract. */
export const key = generateTestKey();
const materials = [
  { name: 'app', type: 'ARTIFACT', output: true, optional: true },
  { name: 'source', type: 'ARTIFACT', optional: true },
];
const signers = [{ key: { inline: key.publicPem } }];
/** A policy that only a run which makes an app passes. */
const MAKES_APP = 'validations: [{expression: "input.subject.exists(s, s.name == \'app\')", message: no app is made}]';
const policies = { attestation: [{ ref: { name: 'makes-app' } }] };
const manifestsOf = (isJudged: boolean): string =>
  [
    manifest('Policy', 'makes-app', { attestation: true, source: { inline: MAKES_APP } }),
    manifest('Contract', 'release', {
      ...{ materials, signers },
      ...(isJudged ? { policies, enforcement: 'Audit' } : {}),
    }),
    manifest('Workflow', 'build', { contractRef: { name: 'release' }, team: 'web', history: { limit: 1 } }),
    manifest('Workflow', 'deploy', { contractRef: { name: 'release' } }),
  ]
    .slice(isJudged ? 0 : 1)
    .join('\n---\n');

/** A shop whose finished runs are kept in an archive, and leave the cluster soon. */
export interface ArchivedShop {
  readonly shop: Shop;
  /** Where the file `archive.db` of the archive is. */
  readonly dir: string;
  readonly tokens: Readonly<Record<string, string>>;
  /** A token that may read the runs of the namespace. */
  readonly reader: string;
  /** Opens a run, hands in these materials and signs; returns its name. */
  finish(workflow: string, given: Readonly<Record<string, string>>): Promise<string>;
  stop(): Promise<void>;
}

/** `reader` names the service account that may read. With `isJudged` its runs are, by a policy that fails none. */
export async function openArchivedShop(reader: string, isJudged = false): Promise<ArchivedShop> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-archive-'));
  const shop = await openShop(manifestsOf(isJudged), { archive: `sqlite:${join(dir, 'archive.db')}` });
  const tokens: Readonly<Record<string, string>> = {
    build: await shop.tokenOf('build'),
    deploy: await shop.tokenOf('deploy'),
  };
  await shop.kubectl(`create serviceaccount -n shop ${reader}`);
  await shop.kubectl(`create rolebinding -n shop ${reader} --clusterrole=proviso-view --serviceaccount=shop:${reader}`);

  async function finish(workflow: string, given: Readonly<Record<string, string>>): Promise<string> {
    const token = tokens[workflow] ?? '';
    const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
    const { run } = opened.json<RunMessage>();
    const path = `/v1/namespaces/shop/runs/${run}`;
    for (const [name, body] of Object.entries(given)) {
      const answer = await shop.http.call(`${path}/materials/${name}`, { method: 'PUT', token, body });
      assert.is(answer.status, 200, answer.body.toString());
    }
    const statement = await shop.http.call(`${path}/statement`, { token });
    const body = signedBundle(statement.body, key);
    const pushed = await shop.http.call(`${path}/attestation`, { method: 'POST', token, body });
    assert.is(pushed.status, 200, pushed.body.toString());
    return run;
  }

  return {
    ...{ shop, dir, tokens, finish },
    reader: await shop.kubectl(`create token -n shop ${reader} --audience=proviso`),
    async stop() {
      await shop.stop();
      await rm(dir, { recursive: true });
    },
  };
}
