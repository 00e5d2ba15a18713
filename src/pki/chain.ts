import { X509Certificate } from 'node:crypto';
import { certificatesIn } from '../api/pem.ts';
import { isSignedByIssuer, issuerOf } from '../verify/chain.ts';

/** The certificate that issues leaves first, the self-signed root last; both are one when there is no intermediate. */
export type AuthorityChain = readonly [X509Certificate, ...X509Certificate[]];

export type ChainReading =
  | { readonly ok: true; readonly chain: AuthorityChain }
  | { readonly ok: false; readonly message: string };

const MAX_LENGTH = 5;

/**
 * The chain of an authority, from the first certificate of `own` over what else is in there and in `roots`, both PEM, up to
 * a root. Every link is checked: who issues whom, what each may do, and how many may stand below it. Not the time.
 */
export function readChain(own: string, roots = ''): ChainReading {
  let certificates: readonly X509Certificate[];
  try {
    certificates = [...certificatesIn(own), ...certificatesIn(roots)].map((pem) => new X509Certificate(pem));
  } catch {
    return refuse('a certificate in it can not be read');
  }
  const [first] = certificates;
  if (first === undefined || certificatesIn(own).length === 0) return refuse('there is no certificate in it');
  const chain: [X509Certificate, ...X509Certificate[]] = [first];
  for (let last = first; !isSignedByIssuer(last, last); chain.push(last)) {
    const issuer = certificates.find((each) => !chain.includes(each) && isSignedByIssuer(last, each));
    if (issuer === undefined) {
      const whose = `'${name(last)}' was issued by '${oneLine(last.issuer)}'`;
      return refuse(`${whose}, and the certificate that has signed it isn't there`);
    }
    if (chain.length === MAX_LENGTH) return refuse(`its chain has more than ${MAX_LENGTH} certificates`);
    last = issuer;
  }
  for (const [below, certificate] of chain.entries()) {
    const { fault, pathLength } = issuerOf(certificate);
    const isTooDeep = pathLength !== undefined && pathLength < below;
    const depthFault = isTooDeep ? `one with the path length ${pathLength}, and ${below} stand below it` : undefined;
    const found = fault ?? depthFault;
    if (found !== undefined) return refuse(`'${name(certificate)}' is ${found}`);
  }
  return { ok: true, chain };
}

/** The certificates from the one that issues leaves on, PEM. */
export const pemOf = (chain: AuthorityChain): readonly string[] => chain.map((certificate) => certificate.toString());

const name = ({ subject }: X509Certificate): string => oneLine(subject);

/** Node has `undefined` for an empty name. */
const oneLine = (text: string | undefined): string => (text ?? '').replaceAll('\n', ', ');

const refuse = (message: string): ChainReading => ({ ok: false, message });
