import type { Request, Response } from 'express';
import type { CertificateMessage, CertificateRequest } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import { certificateValidity } from '../../pki/authority.ts';
import { issueSigningCertificate, serviceAccountIdentity, serviceAccountSubject } from '../../pki/signing.ts';
import { decided } from '../audit.ts';
import { readJson } from '../body.ts';
import type { ReceiverContext } from '../context.ts';
import { reserveFor } from '../reserve.ts';
import { validated } from '../schemas.ts';

/** How long a signing certificate lasts: enough to sign and hand in. */
const MINUTES = 10;

/** `POST /v1/signing/certificate`: a certificate that carries the caller's identity and nothing that it asked for. */
export const signingRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { caller, issuer } = await context.authenticate(request, response);
  const reserve = reserveFor(context, caller, response);
  const { csr } = validated<CertificateRequest>('CertificateRequest', await readJson(request, reserve));
  if (caller.kind !== 'serviceAccount') {
    throw new Problem(
      'submit-forbidden',
      `signing certificates are for service accounts, not for '${caller.username}'`,
      {
        hint: 'sign with a key that the contract names: proviso push --key FILE, or keyless with another tool: proviso push --attestation FILE',
      },
    );
  }
  const { namespace, name } = caller;
  const identity = serviceAccountIdentity(namespace, name);
  const authority = await context.signing.get();
  const tokenSubject = serviceAccountSubject(namespace, name);
  const options = { identity, issuerUrl: issuer, tokenSubject, now: new Date(), minutes: MINUTES };
  const leaf = await issueSigningCertificate(authority.issuer, csr, options);
  decided(response, { what: { identity, certificate: sha256Digest(Buffer.from(leaf)) } });
  const answer: CertificateMessage = {
    certificateChain: [leaf, authority.certificate],
    identity,
    notAfter: certificateValidity(leaf).notAfter.toISOString(),
  };
  response.json(answer);
};
