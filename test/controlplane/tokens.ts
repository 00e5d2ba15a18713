import { useToken } from '../support/secrets.ts';
import type { CommandOptions, CommandResult } from './command.ts';

type Kubectl = (args: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

export interface TokenOptions {
  /** Default: the API server's own. */
  readonly audience?: string;
  /** The pod the token is bound to. */
  readonly pod?: { readonly name: string; readonly uid: string };
  /** Default 3600, at least 600. */
  readonly expirationSeconds?: number;
}

/** A token by TokenRequest; the service account is created if it isn't there. */
export async function requestToken(
  kubectl: Kubectl,
  namespace: string,
  name: string,
  options: TokenOptions,
): Promise<string> {
  const exists = await kubectl(['get', 'serviceaccount', name, '-n', namespace, '-o', 'name']);
  if (exists.code !== 0) {
    const made = await kubectl(['create', 'serviceaccount', name, '-n', namespace]);
    if (made.code !== 0 && !made.stderr.includes('already exists')) throw new Error(made.stderr);
  }
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: options.audience === undefined ? [] : [options.audience],
      expirationSeconds: options.expirationSeconds ?? 3600,
      ...(options.pod === undefined ? {} : { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...options.pod } }),
    },
  };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const answer = await kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(body) });
  if (answer.code !== 0) throw new Error(answer.stderr);
  const { status } = JSON.parse(answer.stdout) as { status: { token: string } };
  useToken(status.token);
  return status.token;
}
