import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MATERIAL_TYPES } from '../../src/api/material-types.ts';
import { MATERIAL_KINDS } from '../../src/materials/kinds.ts';
import { makeZip } from './archive/make.ts';
import { facts, finding, inspect } from './inspect.ts';
import { readSample, SCANNER_SAMPLES } from './scanner-samples.ts';

const test = suite('reports of scanners');
/** Take any file. */
const ANYTHING = ['ARTIFACT', 'EVIDENCE', 'RADAMSA_CRASHES', 'STRING'];

test('each is taken for what it is, with its facts and no others', () => {
  for (const { file, type, facts: expected } of SCANNER_SAMPLES) {
    const { annotations } = facts(type, readSample(file));
    const named = Object.entries(annotations).map(([name, value]) => [name.replace('chainloop.material.', ''), value]);
    assert.equal(Object.fromEntries(named), expected, file);
    const noted = MATERIAL_KINDS[type].notes.facts;
    for (const [name] of named) assert.ok(noted.includes(name ?? ''), `the notes of ${type} lack ${name}`);
  }
});

test('every type says what it takes', () => {
  for (const type of MATERIAL_TYPES) assert.match(MATERIAL_KINDS[type].notes.accepts, /^[A-Z].*\.$/, type);
});

test('each is taken for nothing else', () => {
  for (const { file, type } of SCANNER_SAMPLES) {
    const others = MATERIAL_TYPES.filter((other) => !ANYTHING.includes(other) && other !== type);
    for (const other of others) assert.not(inspect(other, readSample(file)).ok, `${file} as ${other}`);
  }
});

test('each is refused when one thing in it is wrong, with the place', () => {
  for (const { file, type, spoilt } of SCANNER_SAMPLES) {
    const text = readSample(file).toString('utf8');
    for (const { replace, finding: expected } of spoilt) {
      assert.ok(text.includes(replace[0]), `${file} has no ${replace[0]}`);
      assert.match(finding(type, text.replace(...replace)), expected, `${file}: ${replace[1]}`);
    }
  }
});

test('each is refused when it is empty, cut off, or has bytes in it that belong to nothing', () => {
  for (const { file, type, isOpenEnded } of SCANNER_SAMPLES.filter(({ type }) => !ANYTHING.includes(type))) {
    const bytes = readSample(file);
    const end = bytes.toString('latin1').trimEnd().length;
    const half = end >> 1;
    const cuts = (isOpenEnded ? [0, 1, 3] : [0, 1, 40, half, end - 1]).map((length) => bytes.subarray(0, length));
    const withNul = Buffer.concat([bytes.subarray(0, half), Buffer.from([0]), bytes.subarray(half)]);
    const twice = file.endsWith('.json') ? [Buffer.concat([bytes, bytes])] : [];
    for (const bad of [...cuts, withNul, ...twice, Buffer.from([0xff, 0xfe, 0x00]), Buffer.alloc(512)]) {
      const place = /\.(zip|gz)$/.test(file) ? /./ : /^(line \d+|\/)/;
      assert.match(finding(type, bad), place, `${file}, ${bad.length} of ${bytes.length} bytes`);
    }
  }
});

const JSON_TYPES = [...new Set(SCANNER_SAMPLES.filter(({ file }) => file.endsWith('.json')).map(({ type }) => type))];

test('JSON that is made to hurt is refused in no time', () => {
  const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
  const deepObject = `${'{"document":'.repeat(1e6)}1${'}'.repeat(1e6)}`;
  const values = `[${'{},'.repeat(5e6)}{}]`;
  for (const type of JSON_TYPES) {
    const start = performance.now();
    assert.match(finding(type, deep), /nested over 100 levels deep/);
    assert.match(finding(type, deepObject), /nested over 100 levels deep/);
    if (type === 'GITLEAKS_JSON') assert.match(finding(type, values), /there are over \d+ values/);
    assert.match(finding(type, '{"a":1,"a":2}'), /twice/);
    assert.ok(performance.now() - start < 5000, type);
  }
});

const TEXT_TYPES = [
  'CERTCC_DRANZER',
  'RADAMSA_REPORT',
  'SYSINTERNALS_ACCESSCHK',
  'SYSINTERNALS_SIGCHECK',
  'TRUFFLEHOG_JSON',
] as const;

test('text that is made to hurt is read in no time', () => {
  const pieces = [
    '"',
    '""',
    '"a"b,',
    '\n',
    '\r\n',
    'a: 1, ',
    'Path,',
    '[0] A',
    '*',
    '[1]: ',
    'R  x\n',
    '{"a":1}\n',
    '[[',
  ];
  const starts = ['', 'Path,Verified\n', '"Path"\t"Verified"\n', 'generator: a, b: "', 'Number of COM Objects '];
  for (const type of TEXT_TYPES) {
    for (const piece of pieces) {
      for (const begin of starts) {
        const start = performance.now();
        inspect(type, `${begin}${piece.repeat((1 << 18) / piece.length)}`);
        assert.ok(performance.now() - start < 3000, `${type}: ${begin}${piece}`);
      }
    }
  }
});

test('a refusal is short, whatever stands in the report', () => {
  const long = 'k'.repeat(1 << 20);
  for (const { file, type } of SCANNER_SAMPLES) {
    const text = readSample(file).toString('utf8');
    const named = text.replace(/"([^"]+)"/, `"${long}"`);
    const valued = text.replace(/: ?"([^"]+)"/, `: "${long}"`);
    const worded = text.replace(/\w+/, long);
    for (const content of [
      named,
      valued,
      worded,
      long,
      `{"${long}":1}`,
      `[{"${long}":1}]`,
      `[${long}]`,
      JSON.stringify([long]),
    ]) {
      const inspection = inspect(type, content);
      if (!inspection.ok) assert.ok(JSON.stringify(inspection.findings).length < 20_000, file);
      else for (const value of Object.values(inspection.facts.annotations)) assert.ok(value.length <= 4096, file);
    }
  }
});

test('a list of findings may be empty, since a scan may find nothing', () => {
  for (const type of ['GITLEAKS_JSON', 'GHAS_CODE_SCAN', 'GHAS_SECRET_SCAN', 'GHAS_DEPENDENCY_SCAN'] as const)
    assert.ok(inspect(type, '[]').ok, type);
  for (const results of ['[]', 'null']) facts('CHECKMARX_JSON', `{"scanID":"a","results":${results}}`);
  facts('YELP_DETECT_SECRETS_BASELINE', '{"version":"1.5.0","plugins_used":[],"results":{}}');
});

test('OpenVEX 0.0.1, in which vulnerabilities and products are texts', () => {
  const statement = { vulnerability: 'CVE-2026-1', products: ['pkg:npm/shop'], status: 'fixed' };
  const vex = (statements: readonly object[], context = 'https://openvex.dev/ns') =>
    JSON.stringify({
      '@context': context,
      '@id': 'https://shop.example/vex',
      author: 'Ada',
      timestamp: '2026-01-01T00:00:00Z',
      version: '1',
      statements,
    });
  facts('OPENVEX', vex([statement]));
  assert.match(finding('OPENVEX', vex([{ ...statement, vulnerability: { name: 'x' } }])), /^\/statements\/0\/vuln/);
  assert.match(finding('OPENVEX', vex([statement], 'https://openvex.dev/ns/v0.2.0')), /^\/version: must be integer/);
});

test('TruffleHog: an empty list says that nothing was found; an empty file says nothing', () => {
  facts('TRUFFLEHOG_JSON', '[]\n');
  assert.match(finding('TRUFFLEHOG_JSON', ' \n\n'), /^line 1: there is no JSON/);
  assert.match(finding('TRUFFLEHOG_JSON', '[]\n{"DetectorName":"AWS"}'), /^line 2, column 1/);
  assert.match(finding('TRUFFLEHOG_JSON', '\n\n{"a":1}'), /^line 3, \/: .*'SourceMetadata'/);
});

test('sigcheck: a table without rows is a scan of nothing, in any encoding of Windows', () => {
  const header = '"Path","Verified","Date"\r\n';
  facts('SYSINTERNALS_SIGCHECK', header);
  facts('SYSINTERNALS_SIGCHECK', `\uFEFF${header}`);
  const row = `${header}"c:\\a, b.exe","Signed","a\r\n""b"""\r\n`;
  facts('SYSINTERNALS_SIGCHECK', row);
  facts('SYSINTERNALS_SIGCHECK', Buffer.from(`\uFEFF${row}`, 'utf16le').swap16());
  assert.match(finding('SYSINTERNALS_SIGCHECK', `${row}"c:\\b.exe"\r\n`), /^line 4: the row has 1 fields/);
  assert.match(finding('SYSINTERNALS_SIGCHECK', Buffer.from(`${row}\xe9`, 'latin1')), /^line 1: .*neither UTF-8/);
});

test('accesschk: no access that could be found is an answer of accesschk alone', () => {
  const banner = 'Accesschk v6.15 - Reports effective permissions\r\nSysinternals - www.sysinternals.com\r\n\r\n';
  facts('SYSINTERNALS_ACCESSCHK', `${banner}No matching objects found.\r\n`);
  facts('SYSINTERNALS_ACCESSCHK', `${banner}RW c:\\shop\\till.exe\r\n`);
  assert.match(finding('SYSINTERNALS_ACCESSCHK', 'No matching objects found.'), /no line says who may/);
  assert.match(finding('SYSINTERNALS_ACCESSCHK', banner), /no line says who may/);
});

test('radamsa: a run that made nothing has its seed alone', () => {
  const { annotations } = facts('RADAMSA_REPORT', 'seed: 1\n');
  assert.is(annotations['chainloop.material.radamsa.report.records.count'], '0');
  assert.match(finding('RADAMSA_REPORT', 'name: shop\n'), /^line 1: not a record/);
});

test('SARIF: what the engines of Checkmarx looked at, and nothing of other tools', () => {
  const run = (name: string, ids: readonly string[], tags: readonly string[] = []) => ({
    tool: { driver: { name, rules: [{ id: 'x', properties: { tags } }] } },
    results: ids.map((ruleId) => ({ ruleId, message: {} })),
  });
  const types = (...runs: readonly object[]) =>
    facts('SARIF', JSON.stringify({ version: '2.1.0', runs })).annotations['chainloop.material.scan.types'];
  assert.is(types(run('Checkmarx One', ['XSS (sast)', 'Old (SCA) ', 'x (new)', 'plain'])), 'sast,sca');
  assert.is(types(run('a', ['Docker (kics)'], ['Checkmarx']), run('b', ['x (sast)'])), 'iac');
  assert.is(types(run('Semgrep', ['x (sast)'])), undefined);
});

test('radamsa: crashing inputs are counted and not looked at, and an archive of them is whole', () => {
  const crashes = (content: string | Uint8Array) =>
    facts('RADAMSA_CRASHES', content).annotations['chainloop.material.radamsa.crashes.count'];
  assert.is(crashes(Buffer.from([0])), '1');
  assert.is(crashes('\u001fnot gzip'), '1');
  assert.match(finding('RADAMSA_CRASHES', ''), /is empty/);
  const archive = readSample('radamsa-crashes.tar.gz');
  assert.match(finding('RADAMSA_CRASHES', archive.subarray(0, archive.length >> 1)), /damaged or cut off/);
});

test('reports in an archive: each is read, and the file named that is wrong', () => {
  const zip = (files: Readonly<Record<string, string>>) =>
    makeZip(Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content, 'latin1') })));
  const log = readSample('radamsa.txt').toString();
  const report = readSample('dranzer.txt').toString('latin1');
  assert.match(
    finding('RADAMSA_REPORT', zip({ 'a.txt': log, 'b.txt': 'name: shop' })),
    /^b\.txt, line 1: not a record/,
  );
  const cutOff = report.slice(0, report.indexOf('Test Engine'));
  assert.match(finding('CERTCC_DRANZER', zip({ 'a.txt': report, 'b.txt': cutOff })), /^b\.txt, line 1: the summary/);
  assert.match(
    finding('CERTCC_DRANZER', zip({ 'a.csv': 'Class Name,GUID', 'a.bin': '\0' })),
    /has no report of dranzer/,
  );
  const versions = { 'b.txt': report, 'a.txt': report.replace('$Rev: 96 $', '$Rev: 95 $') };
  assert.is(facts('CERTCC_DRANZER', zip(versions)).annotations['chainloop.material.tool.version'], '95');
});

test('a tool is named once, with the older names beside the list', () => {
  const alerts = Array.from({ length: 1000 }, (_, index) => ({
    number: index + 1,
    rule: {},
    tool: { name: `@scope/tool-${index % 40}`, version: index % 40 === 0 ? null : '1' },
  }));
  const { annotations } = facts('GHAS_CODE_SCAN', JSON.stringify(alerts));
  const tools = JSON.parse(annotations['chainloop.material.tools'] ?? '') as readonly string[];
  assert.is(tools.length, 16);
  assert.is(tools[1], '@scope/tool-1@1');
  assert.is(annotations['chainloop.material.tool.name'], '@scope/tool-0');
  assert.is(annotations['chainloop.material.tool.version'], undefined);
});

test.run();
