import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The modules that pin the tools, by `go.mod` and `go.sum`; a change of one builds its tools anew and not those of another. */
export const MODULES = {
  go: new URL('./go', import.meta.url).pathname,
  helm: new URL('./helm', import.meta.url).pathname,
  stores: new URL('./go-stores', import.meta.url).pathname,
  peers: new URL('./go-peers', import.meta.url).pathname,
  archivista: new URL('./go-archivista', import.meta.url).pathname,
  archivistaServer: new URL('./go-archivista-server', import.meta.url).pathname,
  opa: new URL('./opa', import.meta.url).pathname,
} as const;

interface Origin {
  /** The module that gives the tool its version. */
  readonly module: string;
  /** Within that module. */
  readonly command: string;
  /** Which of ours pins it; absent: `go`. */
  readonly pinnedBy?: keyof typeof MODULES;
  /** A command of ours in `go/` instead, made of that module's packages; it says why. */
  readonly ours?: string;
}

const ORIGINS = {
  'cosign-v2': { module: 'github.com/sigstore/cosign/v2', command: '/cmd/cosign' },
  'cosign-v3': { module: 'github.com/sigstore/cosign/v3', command: '/cmd/cosign' },
  fulcio: { module: 'github.com/sigstore/fulcio', command: '' },
  timestamps: { module: 'github.com/sigstore/timestamp-authority/v2', command: '', ours: 'timestamps' },
  'rekor-v1': { module: 'github.com/sigstore/rekor', command: '/cmd/rekor-server' },
  trillian: { module: 'github.com/google/trillian', command: '', ours: 'trillian' },
  'rekor-v2': { module: 'github.com/sigstore/rekor-tiles/v2', command: '/cmd/rekor-server/posix' },
  registry: { module: 'github.com/google/go-containerregistry', command: '', ours: 'registry' },
  helm: { module: 'helm.sh/helm/v4', command: '/cmd/helm', pinnedBy: 'helm' },
  tesseract: { module: 'github.com/transparency-dev/tesseract', command: '/cmd/tesseract/posix' },
  s3: { module: 'github.com/versity/versitygw', command: '/cmd/versitygw', pinnedBy: 'stores' },
  distribution: { module: 'github.com/distribution/distribution/v3', command: '/cmd/registry', pinnedBy: 'stores' },
  rclone: { module: 'github.com/rclone/rclone', command: '', ours: 'rclone', pinnedBy: 'peers' },
  oras: { module: 'oras.land/oras', command: '/cmd/oras', pinnedBy: 'peers' },
  'archivista-client': {
    ...{ module: 'github.com/in-toto/archivista', command: '' },
    ...{ ours: 'client', pinnedBy: 'archivista' },
  },
  archivista: {
    ...{ module: 'github.com/in-toto/archivista', command: '/cmd/archivista' },
    ...{ pinnedBy: 'archivistaServer' },
  },
  opa: { module: 'github.com/open-policy-agent/opa', command: '', pinnedBy: 'opa' },
} as const satisfies Readonly<Record<string, Origin>>;

export type ToolName = keyof typeof ORIGINS;

export const TOOL_NAMES = Object.keys(ORIGINS) as readonly ToolName[];

/** What only benchmarks need. */
const OF_BENCHMARKS: ReadonlySet<keyof typeof MODULES | undefined> = new Set(['peers', 'archivistaServer']);

/** Those that tests need. */
export const TEST_TOOL_NAMES = TOOL_NAMES.filter((name) => {
  const { pinnedBy }: Origin = ORIGINS[name];
  return !OF_BENCHMARKS.has(pinnedBy);
});

/** What to build. */
export interface ToolSource {
  readonly name: string;
  readonly version: string;
  readonly package: string;
  /** The folder of the module to build it in. */
  readonly folder: string;
  /** Changes with everything that is pinned, so that a cached program is always the one that would be built. */
  readonly pins: string;
}

export async function toolSource(name: ToolName): Promise<ToolSource> {
  const { module, command, ours, pinnedBy = 'go' }: Origin = ORIGINS[name];
  const folder = MODULES[pinnedBy];
  const pins = createHash('sha256');
  const goMod = await readFile(join(folder, 'go.mod'), 'utf8');
  pins.update(goMod);
  if (ours !== undefined) pins.update(await readFile(join(folder, ours, 'main.go')));
  const pinned = goMod.split('\n').find((line) => line.trim().startsWith(`${module} v`));
  if (pinned === undefined) throw new Error(`${folder}/go.mod doesn't pin ${module}`);
  return {
    name,
    folder,
    version: pinned.trim().split(/\s+/)[1] ?? '',
    package: ours === undefined ? `${module}${command}` : `./${ours}`,
    pins: pins.digest('hex').slice(0, 8),
  };
}
