import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { eventsOf } from '../../../src/api/run-events.ts';
import type { WorkflowRun } from '../../../src/api/types.gen.ts';
import { openArchive } from '../../../src/archive/open.ts';
import { rowsOf } from '../../../src/archive/rows.ts';
import type { ArchiveDatabase } from '../../../src/archive/tables.ts';
import { archiveRun } from '../../../src/archive/write.ts';
import { filesystemStore } from '../../../src/evidence/filesystem.ts';
import { putBytes } from '../../../src/evidence/put.ts';
import type { EvidenceBytes } from '../../../src/evidence/store.ts';
import { endpointRules } from '../../../src/outbound/endpoints.ts';
import { resolveOverSockets } from '../../../src/outbound/resolve.ts';
import type { Endpoint } from '../../../src/outbound/secret-endpoint.ts';
import { tellDependencyTrack } from '../../../src/receiver/delivery/dependency-track.ts';
import { digestOf, sampleRun } from '../../archive/sample.ts';
import { some } from '../../support/some.ts';
import { serveTls, type TlsServer } from '../../support/tls-server.ts';

/**
 * There is no Dependency-Track to be had here. This is what its published OpenAPI document says of `PUT /v1/bom`: the members of
 * BomSubmitRequest and their bounds, and what it answers.
 */
const isSubmission = new Ajv({ strict: true }).compile({
  type: 'object',
  required: ['bom', 'projectName', 'projectVersion'],
  additionalProperties: false,
  properties: {
    project: { type: 'string' },
    projectName: { type: 'string', minLength: 1, maxLength: 255 },
    projectVersion: { type: 'string', minLength: 1, maxLength: 255 },
    projectTags: { type: 'array' },
    autoCreate: { type: 'boolean' },
    parentUUID: { type: 'string' },
    parentName: { type: 'string' },
    parentVersion: { type: 'string' },
    isLatest: { type: 'boolean' },
    bom: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
  },
});
const KEY = 'odt_k3yk3yk3y';

interface Submission {
  readonly projectName: string;
  readonly projectVersion: string;
  readonly autoCreate: boolean;
  readonly bom: string;
}

const test = suite('Dependency-Track');
let dir: string;
let server: TlsServer;
let database: ArchiveDatabase;
let bytes: EvidenceBytes;
let answer: (response: ServerResponse) => void;
let endpoint: Endpoint;
const taken: Submission[] = [];

test.before.each(async () => {
  taken.length = 0;
  answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"1"}');
  dir = await mkdtemp(join(tmpdir(), 'proviso-dependency-track-'));
  bytes = filesystemStore(dir);
  ({ database } = await openArchive('sqlite::memory:'));
  server = await serveTls((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks);
      if (method !== 'PUT' || url !== '/track/api/v1/bom') return response.writeHead(404).end();
      if (headers['x-api-key'] !== KEY) return response.writeHead(401).end();
      if (headers['content-type'] !== 'application/json') return response.writeHead(415).end();
      const submission = JSON.parse(body.toString('utf8'));
      if (!isSubmission(submission)) return response.writeHead(400).end(JSON.stringify(isSubmission.errors));
      taken.push(submission as unknown as Submission);
      return answer(response);
    });
  });
  const url = new URL(`${server.url}/track/`);
  endpoint = { url, headers: { 'x-api-key': KEY }, ca: server.ca, secrets: [KEY] };
});
test.after.each(async () => {
  await server.close();
  await database.destroy();
  await rm(dir, { recursive: true });
});

/** Archives an accepted run with these SBOMs. */
async function accepted(sboms: Readonly<Record<string, Buffer>>, commit?: string): Promise<WorkflowRun> {
  const sample = sampleRun({ name: 'a', ...(commit === undefined ? {} : { commit }) });
  const [, other] = [0, some(sampleRun({ name: 'a', materials: { app: 'x' } }).status?.materials?.[0])];
  const recorded = Object.entries(sboms).map(async ([name, content]) => {
    const { digest, size } = await putBytes(bytes, content);
    return { ...other, name, type: 'SBOM_CYCLONEDX_JSON', digest, size, storeName: 'default' };
  });
  const run: WorkflowRun = {
    ...sample,
    status: { ...sample.status, materials: [...(await Promise.all(recorded)), other] },
  };
  const record = { digest: digestOf('record'), time: '2026-11-01T12:00:00.000Z' };
  await archiveRun(database, rowsOf(run, new Set(), record));
  return run;
}
const tell = (run: WorkflowRun, spec = {}) =>
  tellDependencyTrack(endpoint, { secretRef: { name: 'sink' }, ...spec }, some(eventsOf(run).at(-1)).event, {
    ...{ database, rules: endpointRules(['https://127.0.0.1:*']), resolve: resolveOverSockets },
    stores: { get: async (name) => ({ name, bytes, maxBlobSize: 1 << 30 }) },
    signal: new AbortController().signal,
  });

test('the SBOM of an accepted run arrives byte for byte, whatever its length, and nothing else does', async () => {
  for (const length of [1, 2, 3, 300_000, 3_000_001]) {
    taken.length = 0;
    const sbom = randomBytes(length);
    assert.is(await tell(await accepted({ sbom }, 'c0ffee')), undefined);
    assert.is(taken.length, 1);
    const [{ bom, ...project }] = [some(taken[0])];
    assert.ok(Buffer.from(bom, 'base64').equals(sbom), `${length} bytes`);
    assert.equal(project, { projectName: 'shop/build', projectVersion: 'c0ffee', autoCreate: true });
  }
});

test('of several each is a project of its own; without a commit the version is the run', async () => {
  const run = await accepted({ app: Buffer.from('{}'), base: Buffer.from('[]') });
  assert.is(await tell(run, { project: 'pay"ments' }), undefined);
  assert.equal(
    taken.map(({ projectName, projectVersion }) => `${projectName} ${projectVersion}`),
    ['pay"ments/app a', 'pay"ments/base a'],
  );
});

test('a run without one is done', async () => {
  assert.is(await tell(await accepted({})), undefined);
  assert.equal(taken, []);
});

test('what the server refuses is told in its words, without the key; an SBOM that it can not read is given up', async () => {
  const run = await accepted({ sbom: Buffer.from('{}') });
  answer = (response) => response.writeHead(400).end(`The uploaded BOM is invalid (${KEY})`);
  const refused = await tell(run);
  assert.match(String(refused?.error), /answered 400: The uploaded BOM is invalid \(\[redacted\]\)$/);
  assert.is(refused?.isFinal, true);
  endpoint = { ...endpoint, headers: {} };
  assert.equal([(await tell(run))?.isFinal, taken.length], [false, 1]);
});

test('attack: an SBOM that has rotted in the store is not handed on', async () => {
  const run = await accepted({ sbom: Buffer.from('{"bomFormat":"CycloneDX"}') });
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const each of entries) {
    if (each.isFile()) await writeFile(join(each.parentPath, each.name), '{"bomFormat":"CycloneXX"}');
  }
  const failed = await tell(run);
  assert.match(String(failed?.error), /the object is damaged$/);
  assert.equal([failed?.isFinal, taken], [false, []]);
});

test('a store that is away, and an object that is gone, are told', async () => {
  const run = await accepted({ sbom: Buffer.from('{}') });
  const healthy = bytes;
  const away = () => Promise.reject(new Problem('store-unavailable', 'the store is away'));
  bytes = { ...healthy, stat: away };
  assert.equal(await tell(run), { error: 'the store is away', isFinal: false });
  bytes = { ...healthy, stat: async () => undefined };
  assert.is((await tell(run))?.isFinal, true);
  assert.equal(taken, []);
});

test.run();
