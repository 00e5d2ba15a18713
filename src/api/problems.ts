/**
 * Every refusal that the receiver or the CLI can give. The keys are stable; `docs/errors.md` says of each what it means
 * and what to do, and a test holds the two together.
 */
export const PROBLEMS = {
  // Who is calling
  'token-missing': { status: 401, title: 'No bearer token' },
  'token-malformed': { status: 401, title: 'The bearer token is not a JWT' },
  'token-expired': { status: 401, title: 'The token has expired' },
  'token-audience': { status: 401, title: 'The token is meant for another audience' },
  'token-rejected': { status: 401, title: 'The cluster does not accept the token' },
  'pod-gone': { status: 401, title: 'The pod of this token no longer exists' },
  'submit-forbidden': { status: 403, title: 'This identity may not submit to the workflow' },
  'run-forbidden': { status: 403, title: 'The run belongs to another identity' },
  'read-forbidden': { status: 403, title: 'This identity may not read workflow runs here' },
  // What is addressed
  'not-found': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'The path does not take this method' },
  'workflow-not-found': { status: 404, title: 'No such workflow' },
  'workflow-not-ready': { status: 409, title: 'The workflow is not ready' },
  'contract-not-ready': { status: 409, title: 'The contract of the workflow is not ready' },
  'contract-altered': { status: 409, title: 'The contract revision is not the one that was pinned' },
  'trust-root-not-found': { status: 409, title: 'No such trust root' },
  'trust-root-not-ready': { status: 409, title: 'The trust root is not ready' },
  'trust-root-forbidden': { status: 409, title: 'The trust root is not for this namespace' },
  'trust-root-altered': { status: 409, title: 'The document of the trust root is not the one that was checked' },
  'run-not-found': { status: 404, title: 'No such run' },
  'run-finished': { status: 409, title: 'The run is finished' },
  'attestation-differs': { status: 409, title: 'The run already has another attestation' },
  'evidence-not-found': { status: 404, title: 'No such evidence' },
  'range-invalid': { status: 416, title: 'The range is outside the evidence' },
  // The request itself
  'body-too-large': { status: 413, title: 'The body is over the limit' },
  'body-incomplete': { status: 400, title: 'The body ended early' },
  'body-too-slow': { status: 408, title: 'The body comes too slowly' },
  'request-invalid': { status: 400, title: 'The request is not valid' },
  'json-malformed': { status: 400, title: 'The body is not valid JSON' },
  'json-duplicate-key': { status: 400, title: 'The JSON has a key twice' },
  'json-too-deep': { status: 400, title: 'The JSON is nested too deeply' },
  'json-too-many-values': { status: 400, title: 'The JSON has too many values' },
  'digest-mismatch': { status: 422, title: 'The bytes do not have the stated digest' },
  // Materials
  'material-unknown-type': { status: 422, title: 'No such material type' },
  'material-type-mismatch': { status: 422, title: 'The contract asks for another type' },
  'material-empty': { status: 422, title: 'The material is empty' },
  'material-invalid': { status: 422, title: 'The content does not fit the material type' },
  'material-too-large': { status: 413, title: 'The material is over the limit for its type' },
  'material-annotation': { status: 422, title: 'An annotation of the material is missing or not allowed' },
  'material-limit': { status: 422, title: 'The run has too many materials' },
  'env-missing': { status: 422, title: 'An allow-listed environment variable is missing' },
  'runner-mismatch': { status: 422, title: 'The contract asks for another runner' },
  // Attestations
  'attestation-malformed': { status: 422, title: 'The attestation can not be read' },
  'signature-invalid': { status: 422, title: 'No signature of the attestation verifies' },
  'signer-not-allowed': { status: 422, title: 'The signer is not one that the contract names' },
  'certificate-invalid': { status: 422, title: 'The signing certificate is not valid' },
  'statement-invalid': { status: 422, title: 'The statement is not valid' },
  'statement-mismatch': { status: 422, title: 'The statement does not agree with the record of the run' },
  'contract-not-met': { status: 422, title: 'The contract is not met' },
  'csr-invalid': { status: 422, title: 'The certificate request is not valid' },
  // The service
  overloaded: { status: 503, title: 'The receiver is busy' },
  'rate-limited': { status: 429, title: 'Too many requests from this identity' },
  'store-unavailable': { status: 503, title: 'The evidence store is not available' },
  'cluster-unavailable': { status: 503, title: 'The API server is not available' },
  'shutting-down': { status: 503, title: 'The receiver is shutting down' },
  internal: { status: 500, title: 'An error inside the receiver' },
  // Only from the CLI
  usage: { status: 400, title: 'The command line is not valid' },
  'not-configured': { status: 400, title: 'The receiver is not configured' },
  'no-run': { status: 400, title: 'No run has been opened here' },
  'key-unreadable': { status: 400, title: 'The signing key can not be read' },
  'receiver-unreachable': { status: 503, title: 'The receiver can not be reached' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
