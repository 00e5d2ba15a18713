import type { Finding } from '../../api/problem.ts';
import { signerLists } from '../../api/signer-lists.ts';
import type { TrustedSigner } from '../../api/trust.ts';
import type {
  ContractSpec,
  ContractSpecSigner,
  RecordedAttestation,
  RecordedMaterial,
  RecordedSigner,
} from '../../api/types.gen.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import type { MaterialSigners } from '../../contract/from-spec.ts';
import { identitySigner } from '../../contract/signers.ts';
import { identityFault } from '../../verify/identity.ts';
import { readPublicKey } from '../../verify/keys.ts';

const CLUSTER_IDENTITY = 'https://kubernetes.io/namespaces/';

/** The signers of a draft as far as a file says who they are. */
export interface DraftSigners {
  readonly signers: readonly TrustedSigner[];
  readonly ofMaterials: MaterialSigners;
  /** Field paths of those that stand in the cluster. */
  readonly elsewhere: readonly string[];
}

/** Reads inline keys, which were found to be keys, and identities; keys of Secrets and ConfigMaps stay what they are. */
export function draftSigners(spec: ContractSpec): DraftSigners {
  const elsewhere: string[] = [];
  const [attestation, ...materials] = signerLists(spec).map(([at, list]) =>
    list.flatMap((signer, index) => {
      const read = readSigner(signer);
      if (read === undefined) elsewhere.push(`${at}[${index}]`);
      return read ?? [];
    }),
  );
  const named = (spec.materials ?? []).map(({ name }, index) => [name, materials[index] ?? []] as const);
  return { signers: attestation ?? [], ofMaterials: new Map(named), elsewhere };
}

/** Undefined for a key that stands in the cluster. */
function readSigner({ key, keyless }: ContractSpecSigner): readonly TrustedSigner[] | undefined {
  if (keyless !== undefined) return [identitySigner(keyless, keyless.trustRootRef?.name ?? '')];
  if (key?.inline === undefined) return undefined;
  const reading = readPublicKey(key.inline);
  return reading.ok ? [{ kind: 'key', publicKey: reading.publicKey, fingerprint: reading.fingerprint }] : [];
}

/** Why those who signed a run would not do, by what was recorded of them when their signatures were verified. */
export function signerFindings(
  { signers, signerThreshold: threshold = 1 }: EffectiveContract,
  attestation: RecordedAttestation,
): readonly Finding[] {
  const signed = [attestation.signer, ...(attestation.cosigners ?? [])];
  if (signers.length === 0) {
    // Which identity of the cluster signed was checked then; it was the one that had opened the run, or a signer by name.
    if (signed.some(({ identity }) => identity?.startsWith(CLUSTER_IDENTITY))) return [];
    return [
      {
        at: 'signers',
        message: 'the identity that opened the run would have to sign, by a certificate of the cluster',
      },
    ];
  }
  const met = signers.filter((trusted) => signed.some((each) => isBy(trusted, each))).length;
  if (met >= threshold) return [];
  const names = signed.map(({ display }) => display).join(', ');
  return [{ at: 'signers', message: `signed by ${names}: ${met} of the ${threshold} that must be among the signers` }];
}

/** Images that those whom the contract asks for have not signed, by what was recorded of their signatures. */
export function imageFindings(contract: EffectiveContract, recorded: readonly RecordedMaterial[]): readonly Finding[] {
  return contract.materials.flatMap(({ name, signers = [] }) => {
    const image = recorded.find((each) => each.name === name);
    const isSigned = signers.some((trusted) => image?.signers?.some((each) => isBy(trusted, each)));
    if (image === undefined || signers.length === 0 || isSigned) return [];
    const found = image.signers?.map(({ display }) => display).join(', ') ?? 'nobody whose signature was verified';
    return [{ at: `materials[${name}].signers`, message: `the image is signed by ${found}` }];
  });
}

function isBy(trusted: TrustedSigner, recorded: RecordedSigner): boolean {
  if (trusted.kind === 'key') return recorded.kind === 'Key' && recorded.fingerprint === trusted.fingerprint;
  if (recorded.kind !== 'Certificate' || recorded.identity === undefined) return false;
  const { identity, issuer, fingerprint, claims = {} } = recorded;
  const who = { kind: 'certificate', identity, fingerprint, claims, time: '', timeSource: 'receipt' } as const;
  return identityFault({ ...who, ...(issuer === undefined ? {} : { issuer }) }, trusted) === undefined;
}
