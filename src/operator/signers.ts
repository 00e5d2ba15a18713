import { isDateTime } from '../api/date-time.ts';
import { excerpt } from '../api/excerpt.ts';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { TrustedSigner } from '../api/trust.ts';
import type { ContractSpecKey, ContractSpecSigner } from '../api/types.gen.ts';
import { identitySigner } from '../contract/signers.ts';
import type { KubeClient } from '../kube/client.ts';
import { readPublicKey } from '../verify/keys.ts';
import type { OperatorContext } from './context.ts';
import { chooseTrustRoot } from './trust-choice.ts';

export type SignersReading =
  | { readonly ok: true; readonly signers: readonly TrustedSigner[]; readonly sources: readonly string[] }
  | { readonly ok: false; readonly reason: Reason; readonly message: string };

interface Holder extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

type PemReading =
  | { readonly ok: true; readonly pem: string; readonly source: string }
  | Extract<SignersReading, { ok: false }>;

/** Where what signers name is looked for. */
export interface SignersPlace {
  /** The field path of the list, for messages. */
  readonly at: string;
  /** The namespace that their keys lie in. */
  readonly keysIn: string;
  /** The namespace that their trusted roots must be for; undefined: that is looked at elsewhere. */
  readonly usedIn: string | undefined;
}

/** The public keys that a contract's signers name, and the trusted roots of those that are identities. */
export async function resolveSigners(
  context: OperatorContext,
  listed: readonly ContractSpecSigner[],
  { at, keysIn, usedIn }: SignersPlace,
): Promise<SignersReading> {
  const { client } = context;
  const signers: TrustedSigner[] = [];
  const sources: string[] = [];
  for (const [index, { key, keyless }] of listed.entries()) {
    if (keyless !== undefined) {
      const root = await chooseTrustRoot(context, keyless.trustRootRef?.name, usedIn);
      if (!root.ok) return { ...root, message: `${at}[${index}].keyless: ${root.message}` };
      signers.push(identitySigner(keyless, root.name));
      sources.push(`TrustRoot ${root.name}`);
    }
    if (key === undefined) continue;
    const fault = timeFault(key, `${at}[${index}].key`);
    if (fault !== undefined) return { ok: false, reason: REASON.InvalidSpec, message: fault };
    const reading = await readPem(client, keysIn, key, `${at}[${index}].key`);
    if (!reading.ok) return reading;
    const found = readPublicKey(reading.pem);
    if (!found.ok) {
      const message = `${at}[${index}].key (${reading.source}): ${found.message}`;
      return { ok: false, reason: REASON.KeyInvalid, message };
    }
    const { validFrom, validUntil } = key;
    signers.push({
      kind: 'key',
      publicKey: found.publicKey,
      fingerprint: found.fingerprint,
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(validUntil === undefined ? {} : { validUntil }),
    });
    sources.push(reading.source);
  }
  return { ok: true, signers, sources };
}

/** What the CRD refuses; but a contract that was stored by an earlier one stays as it is, with a key that would never count. */
function timeFault({ validFrom, validUntil }: ContractSpecKey, at: string): string | undefined {
  for (const [field, text] of Object.entries({ validFrom, validUntil })) {
    if (text === undefined || isDateTime(text)) continue;
    return `${at}.${field} '${excerpt(text)}' is no time with its zone, RFC 3339; write one such as 2026-06-01T00:00:00Z`;
  }
  if (validFrom === undefined || validUntil === undefined || Date.parse(validFrom) < Date.parse(validUntil))
    return undefined;
  return `${at}: 'validFrom' ${validFrom} must be before 'validUntil' ${validUntil}`;
}

async function readPem(client: KubeClient, namespace: string, key: ContractSpecKey, at: string): Promise<PemReading> {
  if (key.inline !== undefined) return { ok: true, pem: key.inline, source: 'inline' };
  if (key.secretRef !== undefined) {
    return readFrom(client, KIND.Secret, namespace, key.secretRef, `${at}.secretRef`);
  }
  if (key.configMapRef !== undefined) {
    return readFrom(client, KIND.ConfigMap, namespace, key.configMapRef, `${at}.configMapRef`);
  }
  return { ok: false, reason: REASON.InvalidSpec, message: `${at} names no key` };
}

async function readFrom(
  client: KubeClient,
  kind: ResourceKind,
  namespace: string,
  ref: { readonly name: string; readonly key: string },
  at: string,
): Promise<PemReading> {
  const holder = await client.find<Holder>(kind, { namespace, name: ref.name });
  const source = `${kind.kind} ${ref.name}`;
  if (holder === undefined) {
    const message = `${at}: there is no ${source} in the namespace ${namespace}; create it with the public key under '${ref.key}'`;
    return { ok: false, reason: REASON.KeyNotFound, message };
  }
  const value = holder.data?.[ref.key];
  if (value === undefined) {
    const message = `${at}: the ${source} has no key '${ref.key}'${otherKeys(kind, holder)}`;
    return { ok: false, reason: REASON.KeyNotFound, message };
  }
  const pem = kind === KIND.Secret ? Buffer.from(value, 'base64').toString('utf8') : value;
  return { ok: true, pem, source };
}

/** What is there instead, but of a Secret: more people may read a contract's status than Secrets. */
const otherKeys = (kind: ResourceKind, { data = {} }: Holder): string =>
  kind === KIND.Secret ? '' : `, only ${Object.keys(data).join(', ') || 'nothing'}`;
