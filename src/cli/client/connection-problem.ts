import { Problem } from '../../api/problem.ts';

const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

/** What the code of a failed connection means for the person who typed the command. */
export function connectionProblem(endpoint: URL, error: unknown): Problem {
  const code = errorCodeOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const to = (detail: string, hint: string): Problem =>
    new Problem('receiver-unreachable', `${endpoint.origin}: ${detail}`, { hint, cause: error });
  if (UNTRUSTED.has(code)) {
    const hint = 'Give the CA that the operator made: PROVISO_CA_FILE=ca.crt, the key ca.crt of the workflow’s Secret.';
    return to(`its certificate is not of an authority that is trusted here (${code})`, hint);
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return to(message, 'Use the name in PROVISO_ENDPOINT that the certificate was made for.');
  if (code === 'CERT_HAS_EXPIRED')
    return to('its certificate has expired', 'Ask whoever runs Proviso; the operator renews it by itself.');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return to(`no such host (${code})`, 'Names of the kind NAME.NAMESPACE.svc resolve inside the cluster only.');
  if (code === 'ECONNREFUSED')
    return to('nothing listens there (ECONNREFUSED)', 'See: kubectl -n proviso-system get pods');
  return to(message === '' ? code : message, 'See PROVISO_ENDPOINT, and: kubectl -n proviso-system get pods');
}

/** The `code` of a system error, if it has one. */
export function errorCodeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
