// deadline: 240
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReferrersMessage, RunListMessage, RunMessage } from '../../src/api/messages.ts';
import type { Workflow } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';
import { createSigstore, ISSUER, SIGNED_SOON, WORKFLOW } from '../verify/sigstore.ts';

const now = SIGNED_SOON;
const [first, second] = [await createSigstore(now), await createSigstore(now)];
const [key, successor] = [generateTestKey(), generateTestKey()];
const JOB = { repository: 'o/r', repository_id: '1296269', run_id: '4711' };
const keyed = (...keys: readonly (typeof key)[]) => keys.map(({ publicPem }) => ({ key: { inline: publicPem } }));

let issuer: TestIssuer;
let shop: Shop;
let work: string;
const test = suite('seams of the receiver');
test.before(async () => {
  issuer = await startIssuer('github');
  work = await mkdtemp(join(tmpdir(), 'proviso-seams-'));
  await writeFile(join(work, 'ca.crt'), issuer.ca);
  await writeFile(join(work, 'issuers.yaml'), `- {issuer: "${issuer.url}", ca: ca.crt, provider: github}\n`);
  const keyless = { issuer: ISSUER, subject: WORKFLOW, trustRootRef: { name: 'private' } };
  const manifests = [
    manifest('TrustRoot', 'private', { sigstore: { inline: JSON.stringify(first.root) } }),
    manifest('Contract', 'keyless', { signers: [{ keyless }] }),
    manifest('Contract', 'revised', { signers: keyed(key) }),
    manifest('Contract', 'loose', { signers: keyed(key) }),
    manifest('Contract', 'strict', { signers: keyed(key), materials: [{ name: 'owed', type: 'ARTIFACT' }] }),
    manifest('Workflow', 'keyless', specOf('keyless')),
    manifest('Workflow', 'revised', specOf('revised')),
    manifest('Workflow', 'again', specOf('loose')),
  ];
  shop = await openShop(manifests.join('\n---\n'), { oidcIssuers: join(work, 'issuers.yaml') });
  for (const name of ['keyless', 'revised', 'again']) await shop.tokenOf(name);
});
test.after(async () => {
  await shop?.stop();
  await issuer?.stop();
  await rm(work, { recursive: true, force: true });
});

const specOf = (contract: string) => ({
  contractRef: { name: contract },
  submitters: [{ oidc: { issuer: issuer.url, audience: 'proviso', claims: { repository: 'o/r' } } }],
});

interface Opened extends RunMessage {
  readonly token: string;
  readonly path: string;
}

async function open(token: string, workflow: string, body: object = {}): Promise<Opened> {
  const sending = { method: 'POST', token, body: { workflow, namespace: 'shop', ...body } };
  const answer = await shop.http.call('/v1/runs', sending);
  assert.ok(answer.status < 300, answer.body.toString());
  const run = answer.json<RunMessage>();
  return { ...run, token, path: `/v1/namespaces/shop/runs/${run.run}` };
}
const statementOf = async ({ path, token }: Opened): Promise<Buffer> =>
  (await shop.http.call(`${path}/statement`, { token })).body;
const pushing = ({ token }: Opened, body: string | Uint8Array) => ({ method: 'POST', token, body });

async function assertAccepted(run: Opened, body: string | Uint8Array): Promise<void> {
  const answer = await shop.http.call(`${run.path}/attestation`, pushing(run, body));
  assert.is(answer.status, 200, answer.body.toString());
}
const refused = (run: Opened, code: string, body: string | Uint8Array) =>
  shop.http.refused(code, `${run.path}/attestation`, pushing(run, body));

const rootOf = async ({ path, token }: Opened) =>
  (await shop.http.call(path, { token })).json<RunMessage>().verification?.roots.private;

test('a job from outside is held to the trust root that is in force when it pushes', async () => {
  const run = await open(await issuer.token(JOB), 'keyless');
  const other = await open(await issuer.token(JOB), 'keyless');
  const payload = await statementOf(run);
  const [old, anew] = [await first.bundle({ payload }), await second.bundle({ payload })].map((each) =>
    JSON.stringify(each),
  );
  await refused(run, 'certificate-invalid', some(anew));
  await assertAccepted(other, JSON.stringify(await first.bundle({ payload: await statementOf(other) })));
  const before = (await rootOf(other))?.digest;
  const root = { sigstore: { inline: JSON.stringify(second.root) } };
  await shop.kubectl('apply -f -', manifest('TrustRoot', 'private', root));
  await eventually('the new root', async () => {
    const root = (await rootOf(other))?.digest;
    return root !== undefined && root !== before;
  });
  await refused(run, 'certificate-invalid', some(old));
  await assertAccepted(run, some(anew));
  // What was judged by the old one stays judged, and is readable by the job that opened it.
  const judged = (await shop.http.call(other.path, { token: other.token })).json<RunMessage>();
  assert.equal([judged.succeeded, judged.reason], ['True', 'Accepted']);
});

test('a key that is exchanged while a run is open: the run goes on by its own revision, the next one by the new', async () => {
  const token = await issuer.token(JOB);
  const job = { idempotencyKey: 'rotating' };
  const run = await open(token, 'revised', job);
  const owed = { signers: keyed(successor), materials: [{ name: 'owed', type: 'ARTIFACT' }], envAllowList: ['STAGE'] };
  await shop.kubectl('apply -n shop -f -', manifest('Contract', 'revised', owed));
  await shop.kubectl(
    'wait -n shop --for=jsonpath={.status.contract.revision}=2 --timeout=30s workflow.proviso.dev/revised',
  );
  // Its other jobs find it without the variable that a new one would need.
  const again = await open(await issuer.token(JOB), 'revised', job);
  assert.equal([again.uid, again.contract.revision], [run.uid, 1]);
  const next = { method: 'POST', token, body: { workflow: 'revised', namespace: 'shop' } };
  await shop.http.refused('env-missing', '/v1/runs', next);
  const statement = await statementOf(run);
  await refused(run, 'signature-invalid', signedBundle(statement, successor));
  await assertAccepted(run, signedBundle(statement, key));
  const later = await open(token, 'revised', { environment: { STAGE: 'x' } });
  await shop.http.call(`${later.path}/materials/owed`, { method: 'PUT', token, body: 'x' });
  await refused(later, 'signature-invalid', signedBundle(await statementOf(later), key));
  await assertAccepted(later, signedBundle(await statementOf(later), successor));
});

/** Makes the workflow anew once what was provisioned for the earlier one is gone. Nothing here collects its runs, as with `--cascade=orphan`. */
async function recreate(name: string, spec: object): Promise<void> {
  const uid = await shop.kubectl(`get workflow.proviso.dev -n shop ${name} -o jsonpath={.metadata.uid}`);
  await shop.kubectl(`delete workflow.proviso.dev -n shop ${name}`);
  for (const kind of ['secret', 'rolebinding', 'role', 'serviceaccount'])
    await shop.kubectl(`delete ${kind} -n shop proviso-${name}`);
  await shop.kubectl('apply -n shop -f -', manifest('Workflow', name, spec));
  const made = JSON.parse(await shop.kubectl(`get workflow.proviso.dev -n shop ${name} -o json`)) as Workflow;
  assert.is.not(made.metadata.uid, uid);
}

test('attack: the open runs of a workflow that was deleted, by those who submit to the one that has its name now', async () => {
  const fromOutside = await open(await issuer.token(JOB), 'again');
  const byHand = await open(await shop.tokenOf('again'), 'again');
  for (const { path, token } of [fromOutside, byHand])
    await shop.http.call(`${path}/materials/secret`, { method: 'PUT', token, body: `bytes of ${path}` });
  const bundles = [fromOutside, byHand].map(async (run) => signedBundle(await statementOf(run), key));
  const signed = await Promise.all(bundles);
  await recreate('again', specOf('strict'));
  const token = await shop.tokenOf('again');
  await eventually(
    'the earlier workflow to be forgotten',
    async () => {
      const answer = await shop.http.call(byHand.path, { token });
      return answer.status === 404;
    },
    20,
  );
  for (const [index, run] of [fromOutside, { ...byHand, token }].entries()) {
    const { path } = run;
    const put = { method: 'PUT', token: run.token, body: 'x' };
    await shop.http.refused('run-not-found', `${path}/materials/x`, put);
    await shop.http.refused('run-not-found', `${path}/statement`, { token: run.token });
    await refused(run, 'run-not-found', some(signed[index]));
    const cancel = { method: 'POST', token: run.token, body: { trigger: 'cancellation' } };
    await shop.http.refused('run-not-found', `${path}/cancel`, cancel);
    await shop.http.refused('run-not-found', path, { token: run.token });
    const { status } = await shop.run(run.run);
    assert.equal([status?.attestation, status?.materials?.length], [undefined, 1]);
    const digest = some(status?.materials?.[0]).digest;
    await shop.http.refused('evidence-not-found', `/v1/evidence/${digest}`, { token: run.token });
    const referrers = await shop.http.call(`/v1/referrers/${digest}`, { token: run.token });
    assert.equal(referrers.json<ReferrersMessage>().items, []);
    const list = await shop.http.call('/v1/namespaces/shop/runs?workflow=again', { token: run.token });
    assert.equal(list.json<RunListMessage>().items, []);
  }
  // Who reads the namespace sees what there was.
  await shop.kubectl('create role reader -n shop --verb=get,list --resource=workflowruns.proviso.dev');
  await shop.kubectl('create rolebinding reader -n shop --role=reader --serviceaccount=shop:default');
  const reader = await shop.stack.controlPlane.serviceAccountToken('shop', 'default', { audience: 'proviso' });
  assert.is((await shop.http.call(byHand.path, { token: reader })).status, 200);
  const list = await shop.http.call('/v1/namespaces/shop/runs?workflow=again', { token: reader });
  assert.is(list.json<RunListMessage>().items.length, 2);
  // And the new one's own runs are as any other's.
  const own = await open(token, 'again');
  assert.is(own.contract.name, 'strict');
  assert.is((await shop.http.call(own.path, { token })).status, 200);
  await refused(own, 'contract-not-met', signedBundle(await statementOf(own), key));
});

test('attack: a stolen token of an account that was deleted since, and made anew under its name', async () => {
  const mint = () => shop.stack.controlPlane.serviceAccountToken('shop', 'proviso-revised', { audience: 'proviso' });
  const [used, stolen] = [await mint(), await mint()];
  const stage = { environment: { STAGE: 'production' } };
  await open(used, 'revised', stage);
  const uidOf = 'get serviceaccount -n shop proviso-revised -o jsonpath={.metadata.uid}';
  const before = await shop.kubectl(uidOf);
  await shop.kubectl('delete serviceaccount -n shop proviso-revised');
  await eventually('the account made anew', async () => {
    const uid = await shop.kubectl(uidOf);
    return uid !== '' && uid !== before;
  });
  const init = (token: string) => ({ method: 'POST', token, body: { workflow: 'revised', ...stage } });
  await shop.http.refused('token-rejected', '/v1/runs', init(stolen));
  await eventually('the next token', async () => {
    const answer = await shop.http.call('/v1/runs', init(await shop.tokenOf('revised')));
    return answer.status === 201;
  });
});

test.run();
