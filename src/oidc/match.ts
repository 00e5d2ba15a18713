import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import type { WorkflowSpec } from '../api/types.gen.ts';
import { claimText, type OidcToken } from './token.ts';

type Submitters = NonNullable<WorkflowSpec['submitters']>;
type Asked = Submitters[number]['oidc'];

/** Whether a workflow takes a token. */
export type Match =
  | { readonly matched: true; readonly submitter: Asked }
  /** How the token differs from the submitter that it is nearest to; empty when it is near to none. */
  | { readonly matched: false; readonly differing: readonly Finding[] };

/** A token matches a submitter whose issuer, audience and every claim are exactly its own. */
export function matchSubmitters(submitters: Submitters | undefined, token: OidcToken): Match {
  const asked = (submitters ?? []).map(({ oidc }) => oidc);
  const addressed = asked.filter(
    ({ issuer, audience }) => issuer === token.issuer && token.audiences.includes(audience),
  );
  const judged = addressed.map((submitter) => ({ submitter, differing: differingClaims(submitter, token) }));
  const found = judged.find(({ submitter, differing }) => differing.length === 0 && countOf(submitter) > 0);
  if (found !== undefined) return { matched: true, submitter: found.submitter };
  const near = judged
    .filter(({ submitter, differing }) => differing.length < countOf(submitter))
    .sort((a, b) => a.differing.length - b.differing.length);
  return { matched: false, differing: near[0]?.differing ?? [] };
}

const countOf = ({ claims }: Asked): number => Object.keys(claims).length;

/** What the token says is its sender's to know; what the workflow asks for is not. */
const differingClaims = ({ claims }: Asked, token: OidcToken): readonly Finding[] =>
  Object.entries(claims).flatMap(([name, wanted]) => {
    const found = claimText(token.claims, name);
    if (found === wanted) return [];
    return [{ at: `claims.${excerpt(name)}`, message: describe(token, name, found) }];
  });

function describe({ claims }: OidcToken, name: string, found: string | undefined): string {
  if (found !== undefined) return `the token says '${excerpt(found)}', and the workflow asks for another value`;
  return Object.hasOwn(claims, name)
    ? 'the token has a value that matches nothing: only texts, integers, true and false do'
    : 'the token has no such claim, and the workflow asks for it';
}
