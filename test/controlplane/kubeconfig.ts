import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a kubeconfig with one cluster, one user with a bearer token, one context; returns its path. */
export async function writeKubeconfig(
  dir: string,
  name: string,
  access: { readonly server: string; readonly caFile: string; readonly token: string },
): Promise<string> {
  const path = join(dir, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: access.server, 'certificate-authority': access.caFile } }],
    users: [{ name, user: { token: access.token } }],
    contexts: [{ name, context: { cluster: 'test', user: name } }],
    'current-context': name,
  };
  await writeFile(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return path;
}
