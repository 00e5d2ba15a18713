import { createColors } from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractMaterialMessage } from '../../../src/api/contract-messages.ts';
import type { RunMessage } from '../../../src/api/messages.ts';
import type { RecordedMaterial } from '../../../src/api/types.gen.ts';
import type { Io } from '../../../src/cli/io.ts';
import { formatRun } from '../../../src/cli/print/run.ts';

const test = suite('printing a run');
const DIGEST = `sha256:${'ab'.repeat(32)}`;

const ioWith = (columns?: number, coloured = false): Io => ({
  env: {},
  cwd: '/',
  interactive: false,
  ...(columns === undefined ? {} : { columns }),
  colours: createColors(coloured),
  out: () => {},
  err: () => {},
});
const asked = (name: string, type: string, more: Partial<ContractMaterialMessage> = {}): ContractMaterialMessage => ({
  ...{ name, type, optional: false, output: false, skipUpload: false, annotations: [] },
  ...more,
});
const recorded = (name: string, type: string, more: Partial<RecordedMaterial> = {}): RecordedMaterial => ({
  ...{ name, type, digest: DIGEST, size: 1536, stored: true, addTime: '2026-01-01T00:00:00Z', addedBy: 'x' },
  ...more,
});

const CONTRACT: RunMessage['contract'] = {
  name: 'release',
  revision: 3,
  revisionName: 'release-1',
  materials: [
    asked('image', 'CONTAINER_IMAGE', { output: true }),
    asked('cdx', 'SBOM_CYCLONEDX_JSON', { group: 'sbom' }),
    asked('spdx', 'SBOM_SPDX_JSON', { group: 'sbom' }),
    asked('tests', 'JUNIT_XML', { annotations: [{ name: 'suite' }], description: 'of every module' }),
    asked('sarif', 'SARIF', { optional: true }),
  ],
  envAllowList: [],
  annotations: [],
  signers: [],
  enforcement: 'Enforce',
};
const MISSING = [
  { name: 'tests', hint: '' },
  { name: 'group/sbom', hint: '' },
];
const RUN: RunMessage = {
  namespace: 'shop',
  run: 'build-1',
  uid: 'uid',
  workflow: 'build',
  contract: CONTRACT,
  succeeded: 'Unknown',
  reason: 'Crafting',
  message: 'the run is open',
  deadline: '2026-01-01T01:00:00Z',
  materials: [recorded('image', 'CONTAINER_IMAGE', { reference: `registry.example.com/web@${DIGEST}` })],
  completeness: { required: 3, present: 1, complete: false, missing: MISSING },
};
const COMPLETE = { required: 3, present: 3, complete: true, missing: [] };
const printed = (run: Partial<RunMessage>, io = ioWith(), isCurrent?: boolean): readonly string[] =>
  formatRun(io, { ...RUN, ...run }, isCurrent).split('\n');
const nextOf = (lines: readonly string[]): readonly string[] => {
  const start = lines.findIndex((line) => line.startsWith('Next: '));
  return start < 0 ? [] : lines.slice(start).map((line) => line.slice('Next: '.length));
};

test('what is there, missing, wrong and extra, and what to type', () => {
  const materials = [...RUN.materials, recorded('sarif', 'ARTIFACT'), recorded('notes', 'STRING', { value: 'hi' })];
  assert.equal(printed({ materials }), [
    'Run          shop/build-1',
    'Contract     release, revision 3',
    'Verdict      open, Crafting: the run is open',
    'Deadline     2026-01-01T01:00:00Z',
    'Evidence     1/3 of what is required',
    '',
    'NAME    KIND                  NEEDED             STATE     DETAIL',
    `image   CONTAINER_IMAGE       required, output   there     ${DIGEST}, 1.5 KiB, registry.example.com/web@sha256:abababab…`,
    'cdx     SBOM_CYCLONEDX_JSON   one of sbom        missing',
    'spdx    SBOM_SPDX_JSON        one of sbom        missing',
    'tests   JUNIT_XML             required           missing   of every module; --annotation suite=VALUE',
    'sarif   SARIF                 optional           wrong     it was handed in as ARTIFACT, and the contract asks for SARIF',
    `notes   STRING                no                 extra     ${DIGEST}, 1.5 KiB, hi`,
    '',
    'Next: proviso add tests FILE --annotation suite=VALUE',
    '      proviso add cdx FILE',
    '      # or: proviso add spdx FILE',
  ]);
});

test('a terminal gets the digests that fit, and one without room for a table no table', () => {
  const longest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));
  const rows = (columns: number) => printed({}, ioWith(columns)).slice(6, -4);
  const whole = printed({}).slice(6, -4);
  assert.equal(rows(longest(whole)), whole);
  const short = rows(longest(whole) - 1);
  assert.match(short[1] ?? '', /there {5}sha256:abababababab, 1\.5 KiB, /);
  const stacked = rows(longest(short) - 1);
  assert.equal(stacked.slice(0, 5), [
    'image CONTAINER_IMAGE',
    '  there (required, output)',
    '  sha256:abababababab, 1.5 KiB, registry.example.com/web@sha256:abababab…',
    'cdx SBOM_CYCLONEDX_JSON',
    '  missing (one of sbom)',
  ]);
  assert.equal(rows(20), stacked);
});

test('colours take no room', () => {
  const longest = Math.max(...printed({}).map((line) => line.length));
  assert.ok(formatRun(ioWith(longest, true), RUN).includes(DIGEST));
});

test('runner, variables and annotations that the contract asks for, and what is wrong with them', () => {
  const contract: RunMessage['contract'] = {
    ...CONTRACT,
    ...{ runner: 'TEKTON_PIPELINE', runnerProven: true, envAllowList: ['GIT_BRANCH', 'TAG'] },
    annotations: [{ name: 'level', value: 'high' }, { name: 'owner' }, { name: 'constructor' }],
  };
  const of = (run: Partial<RunMessage>) =>
    printed({ contract, ...run }).filter((line) => /^(Run|Env|Ann)\w* /.test(line));
  const annotations = { level: 'high', owner: 'jane', constructor: 'x' };
  const environment = { GIT_BRANCH: 'main', TAG: '\u001b[2Jv1' };
  assert.equal(of({ runner: 'TEKTON_PIPELINE', runnerProven: true, annotations, environment }).slice(1), [
    'Runner       TEKTON_PIPELINE, proven',
    'Environment  GIT_BRANCH=main, TAG=[2Jv1',
    'Annotations  level=high, owner=jane, constructor=x',
  ]);
  const bad = of({ runner: 'GENERIC', annotations: { level: 'high' }, environment: { GIT_BRANCH: 'main' } }).slice(1);
  assert.match(bad[0] ?? '', /GENERIC, not proven \(it ran on GENERIC, not on TEKTON_PIPELINE\)/);
  assert.match(bad[1] ?? '', /GIT_BRANCH=main, TAG= \(the variable was not recorded\)/);
  assert.match(bad[2] ?? '', /level=high, owner= \(the contract asks for a value.*constructor= \(the contract asks/);
});

test('how to push, by who may sign', () => {
  const by = (...signers: readonly string[]) =>
    nextOf(printed({ contract: { ...CONTRACT, signers }, completeness: COMPLETE }));
  assert.equal(by(), ['proviso push']);
  assert.equal(by('SHA256:x', 'jane@example.com'), ['proviso push --key FILE']);
  const elsewhere = [
    'proviso push --statement statement.json',
    '# have it signed by one of: jane@example.com',
    'proviso push --attestation FILE',
  ];
  assert.equal(by('jane@example.com'), elsewhere);
  const contract = { ...CONTRACT, signers: ['SHA256:x', 'SHA256:y'], signerThreshold: 2 };
  const two = nextOf(printed({ contract, completeness: COMPLETE }));
  assert.is(two[1], '# have it signed by 2 of: SHA256:x, SHA256:y');
});

test('of a run that is not the one remembered here, which one is meant is said first', () => {
  const materials = nextOf(printed({}, ioWith(), false));
  assert.is(materials[0], 'export PROVISO_RUN=shop/build-1');
  assert.is(materials.length, 4);
  assert.equal(nextOf(printed({ succeeded: 'True' }, ioWith(), false)), ['proviso verify shop/build-1']);
});

test('of a run that is over, or that was not opened, what comes after it', () => {
  assert.equal(nextOf(printed({ succeeded: 'False', reason: 'Expired' })), ['proviso init']);
  const owner = { kind: 'PipelineRun', name: 'p' };
  assert.equal(nextOf(printed({ succeeded: 'False', reason: 'Expired', owner })), []);
  const { uid: _, ...dry } = RUN;
  const lines = formatRun(ioWith(), dry).split('\n');
  assert.is(lines[0], 'Run          shop/build-1 (dry run)');
  assert.equal(nextOf(lines), ['proviso init']);
});

test('a push that was refused is told, as long as none was accepted', () => {
  const last = { code: 'signer-not-allowed', message: 'not \u001b[1Athis one', time: '2026-01-01T00:30:00Z' };
  const of = (run: Partial<RunMessage>) => printed(run).find((line) => line.startsWith('Refused'));
  assert.is(
    of({ refusals: { count: 2, last } }),
    'Refused      2 pushes were refused, the last one with signer-not-allowed: not [1Athis one',
  );
  assert.match(of({ refusals: { count: 1, last } }) ?? '', /a push was refused/);
  assert.is(of({ refusals: { count: 1, last }, succeeded: 'True' }), undefined);
});

test('attack: nothing that others wrote acts on the terminal or ends a line of a command', () => {
  const evil = '\u001b[2J\u0007evil';
  const contract = {
    ...CONTRACT,
    materials: [asked('tests', 'JUNIT_XML', { description: `${evil}\nNext: rm -rf /` })],
  };
  const materials = [recorded(evil, evil, { filename: `a\r\n${evil}` })];
  const signers = [`jane\nproviso push --key ${evil}`];
  const texts = [
    formatRun(ioWith(), { ...RUN, contract, materials }),
    formatRun(ioWith(10), { ...RUN, contract, materials }),
    formatRun(ioWith(), { ...RUN, contract: { ...contract, signers }, completeness: COMPLETE }),
  ];
  for (const text of texts) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.not.match(text, /[\u0000-\u0009\u000b-\u001f]/);
    assert.not.match(text, /^ *(Next: rm|proviso push --key)/m);
  }
});

test.run();
