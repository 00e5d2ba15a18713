import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../../src/materials/yaml-document.ts';
import { makeTarGz, makeZip, type TarFile } from './archive/make.ts';
import { facts, finding } from './inspect.ts';

const test = suite('charts and scans in archives');

const CHART = 'apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: "4.5"\n';
const chart = (files: Readonly<Record<string, string>>, more: readonly TarFile[] = []) =>
  makeTarGz([...Object.entries(files).map(([name, content]) => ({ name: `shop/${name}`, content })), ...more]);

test('a chart, with its name and versions', () => {
  const dependency = [{ name: 'shop/charts/db/Chart.yaml', content: '%' }];
  const { annotations, mediaType } = facts('HELM_CHART', chart({ 'Chart.yaml': CHART, 'values.yaml': '' }, dependency));
  assert.equal(annotations, {
    'chainloop.material.helm.name': 'shop',
    'chainloop.material.helm.version': '1.2.3',
    'chainloop.material.helm.app_version': '4.5',
  });
  assert.is(mediaType, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip');
  facts('HELM_CHART', chart({ 'Chart.yaml': CHART.replace('"4.5"', '4.5'), 'values.yaml': '# nothing yet\n' }));
});

test('what is no chart is told what it lacks', () => {
  const refused = (files: Readonly<Record<string, string>>, more: readonly TarFile[] = []) =>
    finding('HELM_CHART', chart(files, more));
  const values = { 'values.yaml': 'a: 1' };
  assert.match(refused({ 'Chart.yaml': CHART }), /there is no values\.yaml/);
  assert.match(refused(values), /there is no Chart\.yaml/);
  assert.match(refused({ 'Chart.yaml': 'a: [', ...values }), /^shop\/Chart\.yaml, line 1, column/);
  assert.match(refused({ 'Chart.yaml': CHART.replace('v2', 'v3'), ...values }), /^Chart\.yaml, \/apiVersion: .*v1, v2/);
  assert.match(refused({ 'Chart.yaml': CHART.replace('1.2.3', 'latest'), ...values }), /^Chart\.yaml, \/version/);
  assert.match(refused({ 'Chart.yaml': CHART.replace('name: shop', 'name: a/b'), ...values }), /^Chart\.yaml, \/name/);
  assert.match(refused({ 'Chart.yaml': CHART, 'values.yaml': '- a' }), /^values\.yaml, \/: must be a mapping/);
  assert.match(
    refused({ 'Chart.yaml': CHART, ...values }, [{ name: 'other/x' }]),
    /all in one folder, and there is 'shop'/,
  );
  assert.match(finding('HELM_CHART', makeZip([{ name: 'shop/Chart.yaml', content: CHART }])), /helm package/);
});

test('YAML that grows, or goes round, or is a million deep is refused', () => {
  const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`);
  const bombs: readonly (readonly [string, RegExp])[] = [
    [`a0: &a0 lol\n${levels.join('\n')}`, /aliases make over \d+ values/],
    ['a: &a [*a]', /nested over 100 levels deep, or in themselves/],
    [`a: ${'['.repeat(1_000_000)}`, /depth|nest/i],
    ['a: 1\na: 2', /line 2, column 1: duplicated mapping key/],
    ['a: !!js/function x', /unknown .*tag/],
    ['a: 1\n---\nb: 2', /more than one document/],
    ['a: "\0"', /null byte|control|printable/i],
  ];
  for (const [values, expected] of bombs) {
    assert.match(finding('HELM_CHART', chart({ 'Chart.yaml': CHART, 'values.yaml': values })), expected);
  }
  const list = parseYaml(Buffer.from(`[${'x,'.repeat(3 << 20)}]`));
  assert.match(list.ok ? '' : list.message, /over \d+ values/);
  const large = parseYaml(Buffer.alloc((8 << 20) + 1, 'x'));
  assert.match(large.ok ? '' : large.message, /YAML is read up to 8388608 bytes; write what is larger as JSON/);
});

test('the zip of a ZAP scan', () => {
  const scan = (report: object, name = 'report_json.json') => makeZip([{ name, content: JSON.stringify(report) }]);
  const report = { '@programName': 'ZAP', '@version': '2.16.1', site: [] };
  assert.is(facts('ZAP_DAST_ZIP', scan(report)).annotations['chainloop.material.tools'], '["ZAP@2.16.1"]');
  assert.match(finding('ZAP_DAST_ZIP', scan(report, 'sub/report_json.json')), /no report_json\.json at its top/);
  assert.match(
    finding('ZAP_DAST_ZIP', scan({ ...report, '@programName': 'Burp' })),
    /^report_json\.json, \/@programName: must be 'ZAP', not 'Burp'/,
  );
  assert.match(finding('ZAP_DAST_ZIP', scan({ ...report, site: undefined })), /^report_json\.json, \/site/);
  assert.match(
    finding('ZAP_DAST_ZIP', makeZip([{ name: 'report_json.json', content: '{"a":1,"a":2}' }])),
    /^report_json\.json, \/a: .*twice/,
  );
  assert.match(finding('ZAP_DAST_ZIP', JSON.stringify(report)), /must be a zip/);
});

test.run();
