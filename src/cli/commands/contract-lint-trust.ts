import type { Finding } from '../../api/problem.ts';
import { signerLists } from '../../api/signer-lists.ts';
import type { ContractSpec, TrustRootSpec } from '../../api/types.gen.ts';
import type { Authored, AuthoredKind } from '../../api/validate.ts';
import { readPublicKey } from '../../verify/keys.ts';
import { readTrustedRoot } from '../../verify/trusted-root.ts';

/**
 * What is wrong with the keys and the trusted root that stand in an object itself, as the operator would find them. What lies
 * in Secrets, ConfigMaps and TUF repositories only the operator sees.
 */
export function trustFindings<K extends AuthoredKind>(kind: K, object: Authored[K]): readonly Finding[] {
  if (kind === 'Contract' || kind === 'ClusterContract') return keyFindings(object.spec as ContractSpec);
  if (kind === 'TrustRoot') return rootFindings(object.spec as TrustRootSpec);
  return [];
}

const keyFindings = (spec: ContractSpec): readonly Finding[] =>
  signerLists(spec).flatMap(([at, signers]) =>
    signers.flatMap(({ key }, index) => {
      const reading = key?.inline === undefined ? undefined : readPublicKey(key.inline);
      return reading === undefined || reading.ok
        ? []
        : [{ at: `${at}[${index}].key.inline`, message: reading.message }];
    }),
  );

function rootFindings({ sigstore: { inline } }: TrustRootSpec): readonly Finding[] {
  const reading = inline === undefined ? undefined : readTrustedRoot(inline);
  if (reading === undefined || reading.ok) return [];
  return [{ at: 'spec.sigstore.inline', message: `it is no trusted root: ${reading.message}` }];
}
