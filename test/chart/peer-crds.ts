import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The projects whose kinds the chart may make, and what they themselves publish of those. */
const PEERS = [
  {
    module: 'sigs.k8s.io/gateway-api@v1.6.3',
    sum: 'h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=',
    folder: 'config/crd/standard',
    files: ['httproutes', 'tlsroutes', 'backendtlspolicies'].map((name) => `gateway.networking.k8s.io_${name}.yaml`),
  },
  {
    module: 'github.com/cert-manager/cert-manager@v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    folder: 'deploy/crds',
    files: ['cert-manager.io_certificates.yaml'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    folder: 'example/prometheus-operator-crd',
    files: ['servicemonitors', 'prometheusrules'].map((name) => `monitoring.coreos.com_${name}.yaml`),
  },
] as const;

/** The files of their CRDs, from Go's own cache of modules. Throws if one can't be had, or isn't what is pinned here. */
export async function peerCrds(): Promise<readonly string[]> {
  const found = await Promise.all(
    PEERS.map(async ({ module, sum, folder, files }) => {
      // Without a go.mod around, so that nothing but the module itself is fetched.
      const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: tmpdir() });
      const downloaded = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
      if (downloaded.Sum !== sum) throw new Error(`${module} is ${downloaded.Sum}, and ${sum} is pinned`);
      return files.map((file) => join(downloaded.Dir, folder, file));
    }),
  );
  return found.flat();
}
