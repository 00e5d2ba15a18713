import { asText } from '../api/record.ts';
import { accepted } from './kind.ts';
import { listed } from './listed.ts';
import { signedStatements } from './signed-statement.ts';

/** ATTESTATION: signed in-toto statements v0.1 or v1, of any predicate. */
export const attestation = signedStatements(
  'ATTESTATION',
  {
    accepts: 'A Sigstore bundle or DSSE envelope with an in-toto statement of any predicate, or lines of them.',
    versions: ['v0.1', 'v1'],
    facts: ['attestation.predicate_type'],
  },
  ([first, ...rest]) => {
    const types = [first, ...rest].map((signed) => asText(signed?.statement.predicateType) ?? '');
    return accepted({
      annotations: { 'chainloop.material.attestation.predicate_type': listed(types) },
      ...(first === undefined || rest.length > 0 ? {} : { mediaType: first.mediaType }),
    });
  },
);
