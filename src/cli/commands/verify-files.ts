import { sha256Hex } from '../../api/canonical.ts';
import { Problem } from '../../api/problem.ts';
import { resourceUri } from '../../attestation/acceptance.ts';
import { statedBy } from '../../attestation/stated.ts';
import { CONTRACT_MET } from '../../attestation/vsa.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import { type ControlPlaneKeys, readKeyList } from '../../verify/key-list.ts';
import { readPublicKey } from '../../verify/keys.ts';
import { checkSummary } from '../../verify/summary.ts';
import type { Summary } from '../../verify/summary-form.ts';
import { digestInput, readInput } from '../input.ts';
import type { Io } from '../io.ts';
import { judge, type Reason, signatureReason, summaryReasons } from '../print/reasons.ts';
import { offlineTrust, type SignerFlags, statementReasons } from './verify-bundle.ts';

/** What is expected of an artifact and of the summary that speaks for it. */
export interface SummaryFlags extends Omit<SignerFlags, 'key'> {
  readonly artifact?: string;
  readonly digest?: string;
  /** NAMESPACE/NAME */
  readonly workflow?: string;
  readonly resourceUri?: string;
  readonly level: readonly string[];
  /** A public key, or the list of keys as it is published. */
  readonly key?: string;
  readonly verifierId?: string;
  readonly attestation?: string;
  readonly signerKey?: string;
  /** NAME=FILE */
  readonly material: readonly string[];
}

export interface SummaryFindings {
  readonly reasons: readonly Reason[];
  /** What the signed summary says, for programs. */
  readonly summary?: Summary;
}

/** Checks an artifact by a verification summary, and what that was made of, without the cluster. */
export async function verifyFiles(io: Io, file: string, flags: SummaryFlags): Promise<SummaryFindings> {
  const trusted = await trustedKeys(io, flags);
  if (trusted === undefined) {
    throw new Problem('usage', 'it is not said whose signature is expected', {
      hint: 'add --key control-plane-keys.json, of the ConfigMap proviso-control-plane-keys',
    });
  }
  const resource = expectedResource(trusted, flags);
  if (resource === undefined) {
    throw new Problem('usage', 'it is not said what the artifact must have been accepted as', {
      hint: 'add --workflow NAMESPACE/NAME, the workflow that it must come from',
    });
  }
  const { digest, reason } = await expectedDigest(io, flags);
  const expected = { trusted, digests: [digest], resourceUri: resource, levels: levelsOf(flags) };
  const { steps, summary } = checkSummary(await readInput(io, file), expected);
  const reasons = [...reason, ...summaryReasons(steps, summary)];
  if (summary === undefined) return { reasons };
  return { reasons: [...reasons, ...(await attestationReasons(io, summary, flags))], summary };
}

/** The levels that must be reached. */
export const levelsOf = ({ level }: SummaryFlags): readonly string[] => (level.length === 0 ? [CONTRACT_MET] : level);

/** The keys that are given on the command line, if any. */
export async function trustedKeys(io: Io, flags: SummaryFlags): Promise<ControlPlaneKeys | undefined> {
  const { key, verifierId } = flags;
  if (key === undefined) {
    if (verifierId === undefined) return undefined;
    throw new Problem('usage', '--verifier-id says for whom a key signs, and no key is given', {
      hint: 'add --key control-plane-keys.json, of the ConfigMap proviso-control-plane-keys',
    });
  }
  const text = (await readInput(io, key)).toString('utf8');
  if (text.trimStart().startsWith('{')) {
    const reading = readKeyList(text);
    if (!reading.ok) throw new Problem('key-unreadable', `--key ${key}: ${reading.message}`);
    return { ...reading.list, ...(verifierId === undefined ? {} : { verifierId }) };
  }
  const reading = readPublicKey(text);
  if (!reading.ok) throw new Problem('key-unreadable', `--key ${key}: ${reading.message}`);
  if (verifierId === undefined) {
    throw new Problem('usage', 'it is not said for whom the key signs', {
      hint: 'add --verifier-id URI, or give control-plane-keys.json, which has both, as --key',
    });
  }
  const { publicKey, fingerprint } = reading;
  return { verifierId, keys: [{ kind: 'key', publicKey, fingerprint }] };
}

const WORKFLOW = /^([a-z0-9][-.a-z0-9]*)\/([a-z0-9][-.a-z0-9]*)$/;

/** What the artifact must have been accepted as, if the command line says so. */
export function expectedResource({ verifierId }: ControlPlaneKeys, flags: SummaryFlags): string | undefined {
  if (flags.resourceUri !== undefined) return flags.resourceUri;
  if (flags.workflow === undefined) return undefined;
  const [, namespace, name] = WORKFLOW.exec(flags.workflow) ?? [];
  if (namespace !== undefined && name !== undefined) return resourceUri(verifierId, namespace, name);
  throw new Problem('usage', `--workflow is '${flags.workflow}', and NAMESPACE/NAME was expected`);
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The digest that is meant, and if it is that of a file, a word on that. */
export async function expectedDigest(io: Io, { artifact, digest }: SummaryFlags) {
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw new Problem('usage', `'${digest}' is not a digest: sha256: and 64 hex digits`);
  }
  if (artifact === undefined) {
    if (digest !== undefined) return { digest, reason: [] };
    throw new Problem('usage', 'it is not said what is to be verified', { hint: 'add --artifact FILE or --digest' });
  }
  const found = await digestInput(io, artifact);
  const holds = digest === undefined || digest === found;
  const text = `${artifact} has the digest ${found}`;
  return { digest: found, reason: [judge(holds, text, `${text}, and ${digest} was expected`)] };
}

/** Whether the attestation at hand is the one that the summary was made of, and names the materials at hand. */
async function attestationReasons(io: Io, summary: Summary, flags: SummaryFlags): Promise<readonly Reason[]> {
  const { attestation, material } = flags;
  const signer = signerOf(flags);
  const isSignerGiven = Object.keys(signer).length > 0;
  if (attestation === undefined) {
    if (material.length === 0 && !isSignerGiven) return [];
    const what = isSignerGiven ? 'who has signed' : '--material';
    throw new Problem('usage', `${what} can't be checked without the attestation`, { hint: 'add --attestation FILE' });
  }
  const bytes = await readInput(io, attestation);
  const digest = `sha256:${sha256Hex(bytes)}`;
  const inputs = summary.inputAttestations;
  const isInput = judge(
    inputs.includes(digest),
    `${attestation} is the attestation that was verified, ${digest}`,
    `${attestation} has the digest ${digest}, and the summary was made of ${inputs.join(', ') || 'nothing that it names'}`,
  );
  if (!isSignerGiven && material.length === 0) return [isInput];
  const at = new Date(summary.timeVerified ?? Number.NaN);
  const verdict = verifyAttestation(bytes, await offlineTrust(io, signer, '--signer-key'), at);
  const signed = signatureReason(verdict);
  if (!verdict.verified) return [isInput, signed];
  return [
    isInput,
    signed,
    ...statementReasons(verdict.statement),
    ...(await materialReasons(io, verdict.statement, material)),
  ];
}

/** Who must have signed the attestation: as for a bundle, but that `--key` is of the control plane. */
function signerOf({ signerKey, ca, trustedRoot, identity, issuer }: SummaryFlags): SignerFlags {
  const given = Object.entries({ key: signerKey, ca, trustedRoot, identity, issuer });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

async function materialReasons(io: Io, statement: unknown, flags: readonly string[]): Promise<readonly Reason[]> {
  const { materials } = statedBy(statement);
  const reasons: Reason[] = [];
  for (const flag of flags) {
    const [, name, file] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
    if (name === undefined || file === undefined) {
      throw new Problem('usage', `--material is '${flag}', and NAME=FILE was expected`);
    }
    const found = await digestInput(io, file);
    const stated = materials.get(name) ?? 'nothing';
    const holds = `${file} is the material ${name}, ${found}`;
    reasons.push(judge(found === stated, holds, `${file} has ${found}, and the attestation has ${stated} as ${name}`));
  }
  return reasons;
}
