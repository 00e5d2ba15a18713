import { AUDIENCE } from '../api/labels.ts';
import { ARCHIVE_FILTERS } from '../api/messages.ts';
import { PROBLEMS } from '../api/problems.ts';
import { REQUEST_SCHEMAS } from './schemas.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly body?: keyof typeof REQUEST_SCHEMAS | 'bytes';
  readonly query?: readonly string[];
  /** Whether it is for who has no token too. */
  readonly isOpen?: true;
}

const RUN = '/v1/namespaces/{namespace}/runs/{run}';
const OWN = '/v1/namespaces/{namespace}/workflows/{workflow}';

/** What runs in the archive are asked for by. */
const FILTER = ['namespace', ...ARCHIVE_FILTERS];

const CALLS: readonly Operation[] = [
  { method: 'post', path: '/v1/runs', summary: 'Open a run, or find the one that is open', body: 'InitRequest' },
  {
    method: 'get',
    path: '/v1/namespaces/{namespace}/runs',
    summary: 'List runs, the newest first',
    query: ['workflow', 'limit'],
  },
  { method: 'get', path: RUN, summary: 'How a run stands and what it still owes' },
  {
    method: 'put',
    path: `${RUN}/materials/{material}`,
    summary:
      'Hand in a material; with form=reference the name of an image by digest, or {reference, signatures: [{manifest, layers}]} in base64',
    body: 'bytes',
    query: ['type', 'filename', 'annotation', 'form', 'replace'],
  },
  { method: 'get', path: `${RUN}/statement`, summary: 'The in-toto statement to sign' },
  {
    method: 'post',
    path: `${RUN}/attestation`,
    summary: 'Hand in the signed attestation and get the verdict',
    body: 'bytes',
  },
  {
    method: 'post',
    path: `${RUN}/evaluation`,
    summary: 'Judge a run that is over by what is in force now; its verdict stays',
    query: ['dryRun'],
  },
  { method: 'post', path: `${RUN}/cancel`, summary: 'End an open run', body: 'CancelRequest' },
  {
    method: 'put',
    path: `${OWN}/materials/{material}`,
    summary: "Hand in a material to the run of the caller's own pipeline, opening it if it isn't there; for pods",
    body: 'bytes',
    query: ['type', 'filename', 'annotation', 'form', 'replace'],
  },
  {
    method: 'get',
    path: `${OWN}/statement`,
    summary: "The statement to sign for the run of the caller's own pipeline",
  },
  {
    method: 'post',
    path: `${OWN}/attestation`,
    summary: "Hand in the attestation for the run of the caller's own pipeline and get the verdict",
    body: 'bytes',
  },
  {
    method: 'get',
    path: '/v1/namespaces/{namespace}/contracts/{contract}/revisions',
    summary: 'What a contract has meant, the newest first',
  },
  {
    method: 'get',
    path: '/v1/evidence/{digest}',
    summary: 'Evidence by digest; one range if asked for; with link=true a URL of the store that is good for minutes',
    query: ['link'],
  },
  { method: 'head', path: '/v1/evidence/{digest}', summary: 'Whether evidence is there, and its size' },
  {
    method: 'put',
    path: '/v1/evidence/{digest}',
    summary: 'Store evidence for a workflow',
    body: 'bytes',
    query: ['namespace', 'workflow'],
  },
  {
    method: 'get',
    path: '/v1/referrers/{digest}',
    summary: 'The runs that a digest belongs to, the newest first',
    query: ['limit'],
  },
  {
    method: 'get',
    path: '/v1/archive/runs',
    summary: 'Finished runs in the archive, the newest first, page by page',
    query: [...FILTER, 'limit', 'cursor'],
  },
  {
    method: 'get',
    path: '/v1/archive/totals',
    summary: 'What finished runs add up to, by workflow, team or project and period',
    query: [...FILTER, 'by', 'period', 'limit'],
  },
  {
    method: 'get',
    path: '/v1/archive/policies',
    summary: 'What each policy said of finished runs, by period',
    query: [...FILTER, 'period', 'limit'],
  },
  {
    method: 'get',
    path: '/v1/archive/discover/{digest}',
    summary: 'What a digest was made with, or what was made with it',
    query: ['namespace', 'direction', 'depth'],
  },
  { method: 'get', path: '/v1/archive/rebuild', summary: 'What the rebuild of the archive found, by evidence store' },
  { method: 'get', path: '/v1/archive/retention', summary: 'What the retention of evidence stores would remove now' },
  {
    method: 'post',
    path: '/v1/archive/rebuild',
    summary: 'Look through every evidence store again for runs that the archive lacks',
  },
  {
    method: 'get',
    path: '/v1/archive/records',
    summary: 'The signed archive record of every run, one a line, for a backup; behind a run of this uid',
    query: ['after'],
  },
  {
    method: 'put',
    path: '/v1/archive/records/{digest}',
    summary: 'Bring a run back into the archive by its archive record, which this control plane must have signed',
    body: 'bytes',
    query: ['dryRun'],
  },
  {
    method: 'get',
    path: '/v1/intake',
    summary: 'Envelopes that came in, what became of them, and which wait for their run, the newest first',
    query: ['namespace', 'limit'],
  },
  {
    method: 'post',
    path: '/v1/signing/certificate',
    summary: "A ten-minute certificate with the caller's identity",
    body: 'CertificateRequest',
  },
];

/** Where a client of Archivista may be sent: it adds `upload` and `download` to any address. */
const ARCHIVISTA = ['', '/v1', OWN, RUN];

/** Every call; a test holds this list and the routes together. */
export const OPERATIONS: readonly Operation[] = [
  ...CALLS,
  ...ARCHIVISTA.map(
    (base): Operation => ({
      ...{ method: 'post', path: `${base}/upload`, body: 'bytes' },
      summary: 'Hand in an envelope as to Archivista; answered with its gitoid, and judged then',
      ...(base === RUN ? {} : { isOpen: true }),
    }),
  ),
  ...ARCHIVISTA.map(
    (base): Operation => ({
      method: 'get',
      path: `${base}/download/{gitoid}`,
      summary: 'The envelope that was handed in, byte for byte',
    }),
  ),
];

const BEARER = `A token of the cluster for the audience '${AUDIENCE}', or a token of an OIDC issuer that the installation allows and the Workflow names.`;

/** The OpenAPI 3.1 document of this API. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    const path = paths[operation.path] ?? {};
    path[operation.method] = describe(operation);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Proviso receiver', version: 'v1' },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: BEARER } },
      schemas: { ...REQUEST_SCHEMAS, Problem: PROBLEM_SCHEMA },
    },
  };
}

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(PROBLEMS) },
    detail: { type: 'string' },
    hint: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { at: { type: 'string' }, message: { type: 'string' } } },
    },
  },
} as const;

function describe({ path, summary, body, query = [], isOpen }: Operation): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const schema = { type: 'string' };
  return {
    summary,
    ...(isOpen ? { security: [{ bearer: [] }, {}] } : {}),
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema })),
      ...query.map((name) => ({ name, in: 'query', required: false, schema })),
    ],
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      '2XX': { description: 'Done' },
      default: {
        description: 'A refusal',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

const contentOf = (body: NonNullable<Operation['body']>): object =>
  body === 'bytes'
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: { $ref: `#/components/schemas/${body}` } } };
