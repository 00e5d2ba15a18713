import type { ControlPlane } from '../controlplane/index.ts';

/**
 * The secrets that this process used in its tests. What Proviso writes is looked through for them where a process of its ends: in
 * `startProcess`, and for commands in `command-line`.
 */
const used = new Map<string, string>();

/** Shorter ones stand in other words by chance. */
const MIN_LENGTH = 12;
/** A part of a long one is as bad as all of it. */
const PART = 40;

function note(text: string, what: string): void {
  if (text.length >= MIN_LENGTH) used.set(text, what);
}

/** A bearer token, or a password; of a JWT also its signature alone, which makes it one. */
export function useToken(token: string, what = 'a token'): void {
  note(token, what);
  const [, payload, signature] = token.split('.');
  if (token.startsWith('eyJ') && payload !== undefined && signature !== undefined) {
    note(signature.slice(0, PART), `the signature of ${what}`);
    note(payload.slice(0, 4 * PART).slice(-PART), `the claims of ${what}`);
  }
}

const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]+?)-----END/g;

/** Every private key in a text: each of its lines but the last, in which there may be no more than the public half. */
export function usePrivateKeys(text: string, what = 'a private key'): void {
  for (const [, body = ''] of text.matchAll(PRIVATE)) {
    const lines = body.split(/\s+|\\n/).filter((line) => line !== '');
    for (const line of lines.slice(0, Math.max(1, lines.length - 1))) note(line.slice(0, PART), what);
  }
}

/** An attestation: the payload that is signed, and the signatures. Of what is none, nothing. */
export function useBundle(text: string): void {
  for (const [, field, value = ''] of text.matchAll(/"(payload|sig)"\s*:\s*"([A-Za-z0-9+/=_-]+)"/g)) {
    const middle = Math.floor(value.length / 2);
    note(value.slice(middle, middle + PART), `the ${field} of an attestation`);
  }
}

interface ClusterSecret {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** What of a Secret nobody but its owner may know; its public parts are no secrets. */
export function useSecret({ metadata, data = {} }: ClusterSecret): void {
  for (const [key, base64] of Object.entries(data)) {
    const what = `${key} of the Secret ${metadata.namespace}/${metadata.name}`;
    const text = Buffer.from(base64, 'base64').toString('utf8');
    if (text.includes('PRIVATE KEY')) usePrivateKeys(text, what);
    else if (/token|password|secret_access_key/i.test(key)) useToken(text.trim(), what);
  }
}

/** Every Secret that is in a cluster; none where a test took the API server away. */
export async function useSecretsOf({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  const { code, stdout } = await kubectl(['get', 'secrets', '-A', '-o', 'json']);
  if (code !== 0) return;
  for (const secret of (JSON.parse(stdout) as { readonly items: readonly ClusterSecret[] }).items) useSecret(secret);
}

/** Which of the secrets stand in a text, as they are or as JSON has them. They are called by what they are, and not shown. */
export function secretsIn(text: string): readonly string[] {
  const plain = text.includes('\\') ? text.replaceAll('\\n', '\n').replaceAll('\\"', '"') : text;
  return [...used].flatMap(([secret, what]) => (text.includes(secret) || plain.includes(secret) ? [what] : []));
}

/** Throws if one of them stands there. */
export function assertNoSecrets(where: string, text: string): void {
  const found = secretsIn(text);
  if (found.length > 0) throw new Error(`${where} has written ${[...new Set(found)].join(', ')}`);
}
