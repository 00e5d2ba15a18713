import { Ajv, type ValidateFunction } from 'ajv';
import { Problem } from '../api/problem.ts';
import { MAX_COMMIT_BYTES } from '../git/commit.ts';

const text = (maxLength: number) => ({ type: 'string', maxLength }) as const;
const texts = (maxProperties: number, maxLength: number) =>
  ({ type: 'object', maxProperties, additionalProperties: text(maxLength) }) as const;
const label = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 } as const;

const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** The bodies of requests; they validate and they are what `/openapi.json` shows. */
export const REQUEST_SCHEMAS = {
  InitRequest: {
    type: 'object',
    required: ['workflow'],
    additionalProperties: false,
    properties: {
      workflow: label,
      namespace: label,
      runner: {
        type: 'object',
        additionalProperties: false,
        properties: { type: text(64), url: text(2048) },
      },
      commit: {
        type: 'object',
        required: ['sha'],
        additionalProperties: false,
        properties: {
          sha: { type: 'string', pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$' },
          author: text(256),
          authorEmail: text(256),
          message: text(1024),
          date: text(64),
          object: text(base64Length(MAX_COMMIT_BYTES)),
          remotes: {
            type: 'array',
            maxItems: 16,
            items: {
              type: 'object',
              required: ['name', 'url'],
              additionalProperties: false,
              properties: { name: text(128), url: text(2048) },
            },
          },
        },
      },
      environment: texts(64, 4096),
      annotations: texts(64, 1024),
      idempotencyKey: { type: 'string', minLength: 1, maxLength: 256 },
      dryRun: { type: 'boolean' },
    },
  },
  CancelRequest: {
    type: 'object',
    required: ['trigger'],
    additionalProperties: false,
    properties: { trigger: { enum: ['failure', 'cancellation'] }, reason: text(1024) },
  },
  CertificateRequest: {
    type: 'object',
    required: ['csr'],
    additionalProperties: false,
    properties: { csr: text(8192) },
  },
} as const;

const ajv = new Ajv({ allErrors: true });
const validators = new Map<string, ValidateFunction>(
  Object.entries(REQUEST_SCHEMAS).map(([name, schema]) => [name, ajv.compile(schema)]),
);

/** The value as the request that the schema describes. Throws `request-invalid` with every place that is wrong. */
export function validated<T>(name: keyof typeof REQUEST_SCHEMAS, value: unknown): T {
  const validate = validators.get(name);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  if (validate(value)) return value as T;
  const errors = (validate.errors ?? []).slice(0, 20).map(({ instancePath, message = 'is not valid', params }) => ({
    at: instancePath || '/',
    message: `${message}${typeof params.additionalProperty === 'string' ? `: '${params.additionalProperty}'` : ''}`,
  }));
  throw new Problem('request-invalid', `the body is not a valid ${name}`, { errors });
}
