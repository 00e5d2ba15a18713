// deadline: 90
import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { CHART, Helm } from './helm.ts';

const test = suite('chart: takes over what kubectl applied');
const ROOT = new URL('../../', import.meta.url).pathname;
const STORE = ['get', 'evidencestore', 'default', '-o', 'jsonpath={.metadata.uid}'];
let helm: Helm;
let plane: ControlPlane;

test.before(async () => {
  plane = await startControlPlane();
  helm = await Helm.create(plane.adminKubeconfig);
  await plane.applyProject();
  const { code, stderr } = await plane.kubectl(['apply', '-f', `${ROOT}config/samples/evidencestore.yaml`]);
  assert.is(code, 0, stderr);
});
test.after(async () => {
  await plane?.stop();
  await helm?.close();
});

test('not unless it is told to', async () => {
  const { code, stderr } = await helm.run(['install', 'proviso', CHART]);
  assert.is(code, 1);
  assert.match(stderr, /exists and cannot be imported into the current release/);
});

test('by the flags that the page names, and then it upgrades without them', async () => {
  const page = await readFile(`${ROOT}docs/install.md`, 'utf8');
  const [, flags = ''] = /`helm upgrade --install … (--.*?)`/.exec(page) ?? [];
  const { stdout: before } = await plane.kubectl(STORE);
  await helm.done(['upgrade', '--install', 'proviso', CHART, ...flags.split(' ')]);
  await helm.done(['upgrade', 'proviso', CHART], { commonLabels: { team: 'platform' } });
  assert.ok(before !== '');
  assert.is((await plane.kubectl(STORE)).stdout, before);
  const labels = ['get', 'validatingadmissionpolicy', 'proviso-waivers', '-o', 'jsonpath={.metadata.labels.team}'];
  assert.is((await plane.kubectl(labels)).stdout, 'platform');
});

test.run();
