import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { AUDIENCE } from '../api/labels.ts';
import { PROVIDERS, type Provider, publicProvider } from './providers.ts';

/** An issuer whose tokens the installation takes, wherever a Workflow names it. */
export interface AllowedIssuer {
  /** As it stands in `iss`; compared exactly. */
  readonly issuer: string;
  /** Where its keys are; absent, its discovery document says it. */
  readonly jwksUri: string | undefined;
  /** PEM: the authorities that its certificate is checked against; absent, those that Node trusts. */
  readonly ca: string | undefined;
  /** The audiences that a Workflow may ask for. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly provider: Provider | undefined;
}

/** By issuer. */
export type AllowedIssuers = ReadonlyMap<string, AllowedIssuer>;

/** Asymmetric ones only: with HS256 a public key would be the secret. */
const ALGORITHMS = ['RS256', 'ES256', 'ES384', 'PS256', 'EdDSA'] as const;

const FILE_SCHEMA = {
  type: 'array',
  maxItems: 64,
  items: {
    type: 'object',
    required: ['issuer'],
    additionalProperties: false,
    properties: {
      issuer: { type: 'string', maxLength: 2048 },
      jwksUri: { type: 'string', maxLength: 2048 },
      ca: { type: 'string', minLength: 1 },
      audiences: { type: 'array', minItems: 1, maxItems: 16, items: { type: 'string', minLength: 1, maxLength: 255 } },
      algorithms: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: ALGORITHMS } },
      provider: { enum: PROVIDERS },
    },
  },
} as const;

interface Entry {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly ca?: string;
  readonly audiences?: readonly string[];
  readonly algorithms?: readonly string[];
  readonly provider?: Provider;
}

/** Reads the list of allowed issuers, YAML or JSON; without a file none is allowed. Throws what is wrong in it and where. */
export async function readIssuers(file: string | undefined): Promise<AllowedIssuers> {
  if (file === undefined || file === '') return new Map();
  const issuers = new Map<string, AllowedIssuer>();
  const fail = (why: string): never => {
    throw new Error(`the list of OIDC issuers in ${file}: ${why}`);
  };
  const entries = entriesOf(await readFile(file, 'utf8'), fail);
  for (const [at, entry] of entries.entries()) {
    const { issuer, jwksUri, ca } = entry;
    const fault = addressFault(issuer) ?? (/[?#]/.test(issuer) ? 'has a query or a fragment' : undefined);
    if (fault !== undefined) fail(`/${at}/issuer ${fault}`);
    const jwksFault = jwksUri === undefined ? undefined : addressFault(jwksUri);
    if (jwksFault !== undefined) fail(`/${at}/jwksUri ${jwksFault}`);
    if (issuers.has(issuer)) fail(`/${at}/issuer '${issuer}' stands twice`);
    const pem = ca === undefined ? undefined : await readFile(resolve(dirname(file), ca), 'utf8');
    if (pem !== undefined && !isCertificate(pem)) fail(`/${at}/ca names ${ca}, which holds no certificate in PEM`);
    issuers.set(issuer, {
      issuer,
      jwksUri,
      ca: pem,
      audiences: entry.audiences ?? [AUDIENCE],
      algorithms: entry.algorithms ?? ALGORITHMS,
      provider: entry.provider ?? publicProvider(issuer),
    });
  }
  return issuers;
}

function entriesOf(text: string, fail: (why: string) => never): readonly Entry[] {
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    fail((error as Error).message);
  }
  const validate = new Ajv({ allErrors: true }).compile<readonly Entry[]>(FILE_SCHEMA);
  if (validate(value)) return value;
  const found = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const which = params.additionalProperty ?? params.allowedValues;
    return `${instancePath || '/'} ${message}${which === undefined ? '' : `: ${which}`}`;
  });
  return fail(found.join('; '));
}

function addressFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') return `'${text}' is not an https:// address`;
  return url.username === '' && url.password === '' ? undefined : 'holds credentials';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
