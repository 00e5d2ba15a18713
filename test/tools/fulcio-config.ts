import { dump } from 'js-yaml';
import { AUDIENCE, ISSUER_KINDS, type IssuerKind, TRUST_DOMAIN } from './issuer.ts';

/** Fulcio's configuration for our issuers, YAML. What it makes of GitHub's claims is what the public Fulcio makes of them. */
export function fulcioConfig(urls: Readonly<Record<IssuerKind, string>>): string {
  const issuers = ISSUER_KINDS.map((kind) => [
    urls[kind],
    { 'issuer-url': urls[kind], 'client-id': AUDIENCE, ...TYPES[kind] },
  ]);
  return dump({
    'oidc-issuers': Object.fromEntries(issuers),
    'ci-issuer-metadata': { 'github-workflow': GITHUB },
  });
}

const TYPES: Readonly<Record<IssuerKind, Readonly<Record<string, string>>>> = {
  email: { type: 'email' },
  github: { type: 'ci-provider', 'ci-provider': 'github-workflow' },
  kubernetes: { type: 'kubernetes' },
  spiffe: { type: 'spiffe', 'spiffe-trust-domain': TRUST_DOMAIN },
};

const GITHUB = {
  'default-template-values': { url: 'https://github.com', environment: '' },
  'subject-alternative-name-template': '{{ .url }}/{{ .job_workflow_ref }}',
  'extension-templates': {
    'github-workflow-trigger': 'event_name',
    'github-workflow-sha': 'sha',
    'github-workflow-name': 'workflow',
    'github-workflow-repository': 'repository',
    'github-workflow-ref': 'ref',
    'build-signer-uri': '{{ .url }}/{{ .job_workflow_ref }}',
    'build-signer-digest': 'job_workflow_sha',
    'runner-environment': 'runner_environment',
    'source-repository-uri': '{{ .url }}/{{ .repository }}',
    'source-repository-digest': 'sha',
    'source-repository-ref': 'ref',
    'source-repository-identifier': 'repository_id',
    'source-repository-owner-uri': '{{ .url }}/{{ .repository_owner }}',
    'source-repository-owner-identifier': 'repository_owner_id',
    'build-config-uri': '{{ .url }}/{{ .workflow_ref }}',
    'build-config-digest': 'workflow_sha',
    'build-trigger': 'event_name',
    'run-invocation-uri': '{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}',
    'source-repository-visibility-at-signing': 'repository_visibility',
    'deployment-environment': 'environment',
  },
};
