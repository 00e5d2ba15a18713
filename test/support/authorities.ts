import { X509Certificate } from 'node:crypto';
import {
  createCertificateAuthority,
  issueIntermediate,
  type KeyPairPem,
  openAuthority,
} from '../../src/pki/authority.ts';
import type { AuthorityChain } from '../../src/pki/chain.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { issueSigningCertificate, serviceAccountIdentity, serviceAccountSubject } from '../../src/pki/signing.ts';

/** A root, an intermediate under it, and what that issues, as in a cluster. */
export interface Authorities {
  readonly root: KeyPairPem;
  readonly intermediate: KeyPairPem;
  readonly chain: AuthorityChain;
}

export async function createAuthorities(now: Date, root?: KeyPairPem): Promise<Authorities> {
  const top = root ?? (await createCertificateAuthority({ commonName: 'Root', now, days: 3650, pathLength: 1 }));
  const intermediate = await issueIntermediate(top, { commonName: 'Intermediate', now, days: 90 });
  const chain = [new X509Certificate(intermediate.certificate), new X509Certificate(top.certificate)] as const;
  return { root: top, intermediate, chain };
}

/** A leaf for the service account shop/build, and its key. */
export async function issueLeaf(authority: KeyPairPem, now: Date, namespace = 'shop', name = 'build') {
  const { key, csr } = await createSigningRequest();
  const options = {
    identity: serviceAccountIdentity(namespace, name),
    issuerUrl: 'https://kubernetes.default.svc',
    tokenSubject: serviceAccountSubject(namespace, name),
    now,
    minutes: 10,
  };
  return { key, leaf: await issueSigningCertificate(await openAuthority(authority), csr, options) };
}

/** A Secret's data with these texts. */
export const base64 = (text: string): string => Buffer.from(text).toString('base64');
