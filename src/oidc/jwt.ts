import { base64url } from 'jose';
import { Problem } from '../api/problem.ts';
import { asRecord, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';

/** A JWT as it came. Nothing in it is believed yet. */
export interface UnverifiedJwt {
  readonly token: string;
  readonly header: UnknownRecord;
  readonly claims: UnknownRecord;
}

const MAX_CHARACTERS = 16_384;
const MAX_DEPTH = 8;

/**
 * Reads a JWT strictly: a key twice in header or claims is refused, since whoever decides by the issuer and whoever verifies
 * must not read two different tokens. Throws `token-malformed`.
 */
export function readJwt(token: string): UnverifiedJwt {
  if (token.length > MAX_CHARACTERS) throw malformed(`it has over ${MAX_CHARACTERS} characters`);
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  if (header === '' || claims === '' || signature === '' || more.length > 0) throw malformed('it has not three parts');
  return { token, header: readPart(header, 'header'), claims: readPart(claims, 'payload') };
}

function readPart(part: string, name: string): UnknownRecord {
  const parsed = parseStrictJson(decoded(part, name), { maxDepth: MAX_DEPTH });
  if (!parsed.ok) throw malformed(`its ${name} can't be read: ${parsed.message}`);
  const record = asRecord(parsed.value);
  if (record === undefined) throw malformed(`its ${name} is no JSON object`);
  return record;
}

function decoded(part: string, name: string): Uint8Array {
  try {
    return base64url.decode(part);
  } catch (cause) {
    throw malformed(`its ${name} is not base64url`, cause);
  }
}

const malformed = (why: string, cause?: unknown): Problem =>
  new Problem('token-malformed', `the bearer token is not a JWT: ${why}`, { cause });

/** `aud`, which may be one text or a list of them. */
export const audiencesOf = ({ aud }: UnknownRecord): readonly string[] =>
  [aud].flat().filter((each) => typeof each === 'string');
