import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import type { Workflow } from '../api/types.gen.ts';
import { matchSubmitters } from '../oidc/match.ts';
import { type Caller, homeOf, type OidcCaller } from './auth/caller.ts';
import type { ReceiverContext } from './context.ts';

/** The workflow that a caller submits to. Throws `submit-forbidden`, or to who may know it `workflow-not-found`. */
export async function workflowForSubmitter(
  context: ReceiverContext,
  caller: Caller,
  namespace: string,
  name: string,
): Promise<Workflow> {
  if (caller.kind === 'oidc') return workflowFromOutside(context, caller, namespace, name);
  const allowed = await context.access.maySubmit(caller, namespace, name);
  // Of its own namespace a caller may know what is there; of others not even that.
  const mayKnow = allowed || homeOf(caller) === namespace;
  const workflow = mayKnow ? await context.client.find<Workflow>(KIND.Workflow, { namespace, name }) : undefined;
  if (mayKnow && workflow === undefined) {
    throw new Problem('workflow-not-found', `there is no workflow '${name}' in the namespace '${namespace}'`, {
      hint: `see: kubectl get workflows.proviso.dev -n ${namespace}`,
    });
  }
  if (!allowed || workflow === undefined) {
    throw new Problem(
      'submit-forbidden',
      `'${caller.username}' may not submit to the workflow '${name}' in '${namespace}'`,
      {
        hint: "use the Secret of that workflow, or grant the verb 'submit' on workflows.proviso.dev by RBAC",
      },
    );
  }
  return workflow;
}

/**
 * How a token differs is told only to one that has a claim that a submitter asks for; to every other one a workflow that it
 * doesn't match is like one that isn't there, since an issuer may vouch for anybody.
 */
async function workflowFromOutside(
  { client }: ReceiverContext,
  { username, token }: OidcCaller,
  namespace: string,
  name: string,
): Promise<Workflow> {
  const workflow = await client.find<Workflow>(KIND.Workflow, { namespace, name });
  const match = matchSubmitters(workflow?.spec.submitters, token);
  if (workflow !== undefined && match.matched) return workflow;
  const errors = match.matched ? [] : match.differing;
  throw new Problem('submit-forbidden', `'${username}' may not submit to the workflow '${name}' in '${namespace}'`, {
    errors,
    hint:
      errors.length === 0
        ? 'see whether the names are right, and whether spec.submitters of the workflow has this issuer, the audience and the claims of this token'
        : 'see spec.submitters of the workflow: every claim of one of them has to be that of the token',
  });
}
