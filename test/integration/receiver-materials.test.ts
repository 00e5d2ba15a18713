// deadline: 120
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';

const MANIFESTS = [
  manifest('Contract', 'lenient', {
    materials: [
      { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON', optional: true, strict: false },
      { name: 'strict', type: 'SBOM_CYCLONEDX_JSON', optional: true },
    ],
  }),
  manifest('Workflow', 'lenient', { contractRef: { name: 'lenient' } }),
].join('\n---\n');

let shop: Shop;
let token: string;
const test = suite('receiver materials');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('lenient');
});
test.after(() => shop?.stop());

async function open(body: object): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body });
  assert.ok(answer.status < 300, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;

test('what a contract is not strict about is taken, and stands on the run', async () => {
  const run = await open({ workflow: 'lenient' });
  const component = { type: 'library', name: 'a' };
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: 7, components: [component, component] };
  const put = { method: 'PUT', token, body: JSON.stringify(bom) };
  const refused = await shop.http.refused('material-invalid', pathOf(run, '/materials/strict'), put);
  assert.is(refused.errors?.[0]?.at, '/serialNumber');
  const taken = await shop.http.call(pathOf(run, '/materials/sbom'), put);
  assert.is(taken.json<MaterialMessage>().material.tolerated?.[0]?.at, '/serialNumber');
  const mended = { ...put, body: JSON.stringify({ ...bom, serialNumber: undefined }) };
  await shop.http.call(pathOf(run, '/materials/strict'), mended);
  const shown = await shop.kubectl(
    `get workflowrun -n shop ${run.run} -o jsonpath={.status.materials[*].tolerated[*].at}`,
  );
  assert.is(shown, '/serialNumber /components/1');
  await shop.http.refused('material-invalid', pathOf(run, '/materials/sbom'), { ...put, body: '{"bomFormat":"SPDX"}' });
});

test('other content under a name is refused, unless it is to be replaced', async () => {
  const run = await open({ workflow: 'lenient' });
  const path = pathOf(run, '/materials/log?type=EVIDENCE');
  const put = (body: string) => ({ method: 'PUT', token, body });
  const count = async (): Promise<number | undefined> => {
    const answer = await shop.http.call(pathOf(run), { token });
    return answer.json<RunMessage>().materials.find(({ name }) => name === 'log')?.replaced;
  };
  assert.is((await shop.http.call(path, put('one'))).status, 200);
  assert.is((await shop.http.call(path, put('one'))).status, 200);
  const refused = await shop.http.refused('material-exists', path, put('two'));
  assert.match(refused.hint ?? '', /--replace/);
  await shop.http.refused('request-invalid', `${path}&replace=yes`, put('two'));
  assert.is(await count(), undefined);
  const replaced = await shop.http.call(`${path}&replace=true`, put('two'));
  assert.is(replaced.json<MaterialMessage>().material.replaced, 1);
  // The same again, as after a broken connection, is no other.
  const again = await shop.http.call(`${path}&replace=true`, put('two'));
  assert.is(again.json<MaterialMessage>().material.replaced, 1);
  await shop.http.refused('material-exists', path, put('one'));
});

test('of many that hand in other content under one name at once, one is taken', async () => {
  const run = await open({ workflow: 'lenient', idempotencyKey: 'race' });
  const path = pathOf(run, '/materials/log?type=EVIDENCE');
  const bodies = Array.from({ length: 8 }, (_, index) => `content ${index}`);
  const answers = await Promise.all(bodies.map((body) => shop.http.call(path, { method: 'PUT', token, body })));
  assert.equal(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)]);
  const winner = bodies[answers.findIndex(({ status }) => status === 200)] ?? '';
  const shown = await shop.kubectl(`get workflowrun -n shop ${run.run} -o jsonpath={.status.materials[*].digest}`);
  assert.is(shown, `sha256:${createHash('sha256').update(winner).digest('hex')}`);
});

test.run();
