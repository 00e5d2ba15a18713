import { certificatesIn } from '../../api/pem.ts';
import { Problem } from '../../api/problem.ts';
import type { RootDocument, Trust } from '../../api/trust.ts';
import { runStatedBy, statedBy } from '../../attestation/stated.ts';
import { PREDICATE_TYPE } from '../../attestation/statement.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import { readPublicKey } from '../../verify/keys.ts';
import { rootDocument, rootOfAuthorities } from '../../verify/root-document.ts';
import { readInput } from '../input.ts';
import type { Io } from '../io.ts';
import { type Reason, signatureReason } from '../print/reasons.ts';
import { timeOf } from '../values.ts';

/** Whose signature is expected. */
export interface SignerFlags {
  readonly key?: string;
  readonly ca?: string;
  /** A Sigstore trusted_root.json. */
  readonly trustedRoot?: string;
  readonly identity?: string;
  /** The OIDC issuer in the certificate. */
  readonly issuer?: string;
}

export interface BundleFlags extends SignerFlags {
  /** When the bundle was received; certificates live ten minutes. */
  readonly at?: string;
}

/** What a file proves, and what it says. */
export interface BundleOutcome {
  readonly reasons: readonly Reason[];
  /** What the signed statement says, for programs; absent when the signature doesn't count. */
  readonly statement?: object;
}

/**
 * Checks a bundle without the cluster: who signed it, and that it says what the attestation of a run says. A good
 * signature under any other statement isn't evidence of a run, however good it is.
 */
export async function verifyBundle(io: Io, file: string, flags: BundleFlags): Promise<BundleOutcome> {
  const trust = await offlineTrust(io, flags);
  const now = timeOf(flags.at);
  const verdict = verifyAttestation(await readInput(io, file), trust, now);
  if (!verdict.verified) return { reasons: [signatureReason(verdict)] };
  return {
    reasons: [signatureReason(verdict), ...statementReasons(verdict.statement)],
    statement: told(verdict.statement),
  };
}

function told(statement: unknown): object {
  const { predicateType, isOfRun, materials } = statedBy(statement);
  return isOfRun
    ? { predicateType, ...runStatedBy(statement), materials: Object.fromEntries(materials) }
    : { predicateType };
}

/** Whether it is the statement of a run, and of which. */
export function statementReasons(statement: unknown): readonly Reason[] {
  const { predicateType, isOfRun, materials, isAmbiguous } = statedBy(statement);
  const refused = (expected: string, found: string): readonly Reason[] => [
    { ok: false, text: `statement: expected ${expected}, found ${found}` },
  ];
  if (!isOfRun) return refused(`the predicate type of a run, ${PREDICATE_TYPE}`, predicateType);
  const run = runStatedBy(statement);
  if (run === undefined) return refused('the run, its workflow and its contract', 'not all of them');
  if (isAmbiguous) return refused('every material once', 'a name that stands twice');
  const { namespace, workflow, contract, revision, uid } = run;
  const about = `workflow ${workflow}, contract ${contract}, revision ${revision}`;
  const listed = [...materials].map(([name, digest]) => `${name} ${digest}`).join(', ');
  const count = `${materials.size} ${materials.size === 1 ? 'material' : 'materials'}`;
  return [
    `its statement is of the type that runs carry, ${predicateType}`,
    `it speaks of the run ${namespace}/${run.run} (${uid}): ${about}`,
    `it names ${count}${listed && `: ${listed}`}`,
  ].map((text) => ({ ok: true, text }));
}

/**
 * Who is said to have signed: by a key, which `keyFlag` gives, or by an authority and an identity. Throws `usage` when that
 * isn't said, or said in two ways of which one would be passed over.
 */
export async function offlineTrust(io: Io, flags: SignerFlags, keyFlag = '--key'): Promise<Trust> {
  const { key, ca, trustedRoot, identity, issuer } = flags;
  const ways = [key, ca, trustedRoot].filter((way) => way !== undefined).length;
  if (ways > 1 || (key !== undefined && (identity ?? issuer) !== undefined)) {
    throw new Problem('usage', 'it is said in more than one way whose signature is expected', {
      hint: `give ${keyFlag} alone, or --identity with either --ca or --trusted-root`,
    });
  }
  if (key !== undefined) {
    const reading = readPublicKey((await readInput(io, key)).toString('utf8'));
    if (!reading.ok) throw new Problem('key-unreadable', `${keyFlag} ${key}: ${reading.message}`);
    const { publicKey, fingerprint } = reading;
    return { signers: [{ kind: 'key', publicKey, fingerprint }], roots: {} };
  }
  if (identity !== undefined && trustedRoot !== undefined && issuer !== undefined) {
    return identityTrust(rootDocument((await readInput(io, trustedRoot)).toString('utf8')), identity, issuer);
  }
  if (identity !== undefined && ca !== undefined) {
    return identityTrust(authorities(ca, (await readInput(io, ca)).toString('utf8')), identity, issuer);
  }
  throw new Problem('usage', 'it is not said whose signature is expected', {
    hint: `add ${keyFlag} cosign.pub, or --ca FILE with --identity URI, or --trusted-root FILE with --identity and --issuer`,
  });
}

const identityTrust = (root: RootDocument, subject: string, issuer: string | undefined): Trust => ({
  signers: [
    {
      kind: 'identity',
      root: 'given',
      subject: { exact: subject },
      ...(issuer === undefined ? {} : { issuer }),
      claims: [],
    },
  ],
  roots: { given: root },
});

function authorities(file: string, pem: string): RootDocument {
  const certificates = certificatesIn(pem);
  if (certificates.length === 0) throw new Problem('usage', `--ca ${file}: there is no certificate in it, PEM`);
  return rootOfAuthorities(certificates);
}
