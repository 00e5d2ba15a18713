import { execFile } from 'node:child_process';
import { excerpt } from '../api/excerpt.ts';
import { asRecord, asText } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import type { Credential } from './credential.ts';
import { RegistryError } from './error.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 1 << 20;
/** What a helper says when it has nothing for a server; it ends with 1 then. */
const NOTHING = 'credentials not found';
/** The name that says that the secret is a token. */
const TOKEN_USER = '<token>';

/** Asks `docker-credential-NAME get` for the login at a server; undefined where it has none. */
export async function askHelper(name: string, server: string): Promise<Credential | undefined> {
  if (!NAME.test(name)) throw new RegistryError(`'${excerpt(name)}' is not the name of a credential helper`);
  const answer = await run(`docker-credential-${name}`, server);
  if (answer === undefined) return undefined;
  // Nothing of the answer goes into a message: it is a secret.
  const parsed = parseStrictJson(answer);
  const record = parsed.ok ? asRecord(parsed.value) : undefined;
  const username = asText(record?.Username) ?? '';
  const secret = asText(record?.Secret);
  if (secret === undefined) throw new RegistryError(`docker-credential-${name} gave no secret for ${server}`);
  if (username === TOKEN_USER) return { kind: 'identityToken', token: secret };
  return { kind: 'password', username, password: secret };
}

const run = (program: string, server: string): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_BYTES, encoding: 'buffer' } as const;
    const child = execFile(program, ['get'], options, (error, out, err) => {
      if (error === null) return resolve(out);
      const said = `${out.toString('utf8')} ${err.toString('utf8')}`;
      if (said.includes(NOTHING)) return resolve(undefined);
      const why = error.code === 'ENOENT' ? 'there is no such program' : `it ended with ${error.code ?? error.signal}`;
      reject(new RegistryError(`${program} can't be asked for the login at ${server}: ${why}`));
    });
    // A program that is not there takes no input.
    child.stdin?.on('error', () => {});
    child.stdin?.end(server);
  });
