import { excerpt } from '../api/excerpt.ts';
import type { Workflow } from '../api/types.gen.ts';
import type { AllowedIssuers } from '../oidc/issuers.ts';

/** Which submitters of a workflow are of an issuer, or for an audience, that the installation doesn't allow. */
export function refusedSubmitters(issuers: AllowedIssuers, { spec }: Workflow): string | undefined {
  const found = (spec.submitters ?? []).flatMap(({ oidc }, at) => {
    const allowed = issuers.get(oidc.issuer);
    const path = `spec.submitters[${at}].oidc`;
    if (allowed === undefined) {
      const known = [...issuers.keys()].join(', ') || 'none';
      return [
        `${path}.issuer '${excerpt(oidc.issuer)}' is not an issuer that this installation allows; allowed: ${known}`,
      ];
    }
    if (allowed.audiences.includes(oidc.audience)) return [];
    const known = allowed.audiences.join(', ');
    return [
      `${path}.audience '${excerpt(oidc.audience)}' is not one that this installation allows for it; allowed: ${known}`,
    ];
  });
  return found.length === 0 ? undefined : found.join('. ');
}
