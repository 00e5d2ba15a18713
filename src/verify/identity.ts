import { nameOfSubject, type SubjectMatch, type TrustedIdentity } from '../api/trust.ts';
import type { Signer } from './verdict.ts';

type CertifiedSigner = Extract<Signer, { kind: 'certificate' }>;

/** How the identity that a certificate proves differs from the one that is trusted; undefined when it doesn't. */
export function identityFault(
  signer: CertifiedSigner,
  trusted: TrustedIdentity,
): { readonly expected: string; readonly found: string } | undefined {
  if (!matchesSubject(signer.identity, trusted.subject)) {
    return { expected: `the identity '${nameOfSubject(trusted.subject)}'`, found: `'${signer.identity}'` };
  }
  if (trusted.issuer !== undefined && signer.issuer !== trusted.issuer) {
    return { expected: `an identity of the issuer '${trusted.issuer}'`, found: quoted(signer.issuer) };
  }
  const wrong = trusted.claims.find(
    ({ name, value }) => !Object.hasOwn(signer.claims, name) || signer.claims[name] !== value,
  );
  if (wrong === undefined) return undefined;
  const found = quoted(Object.hasOwn(signer.claims, wrong.name) ? signer.claims[wrong.name] : undefined);
  return { expected: `a certificate with ${wrong.name} '${wrong.value}'`, found };
}

const quoted = (text: string | undefined): string => (text === undefined ? 'none' : `'${text}'`);

/** Whether the whole name matches. Of a glob only `*` is special, and an empty pattern matches nobody. */
function matchesSubject(name: string, subject: SubjectMatch): boolean {
  if ('exact' in subject) return subject.exact !== '' && name === subject.exact;
  return subject.glob !== '' && matchesGlob(name, subject.glob.split('*'));
}

/** Linear in the length of the name: each part is taken where it first fits, between the fixed start and end. */
function matchesGlob(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
