import { Problem } from '../../api/problem.ts';
import type { BundleFlags } from './verify-bundle.ts';
import type { SummaryFlags } from './verify-files.ts';

export interface VerifyFlags extends BundleFlags, SummaryFlags {
  readonly bundle?: string;
  readonly vsa?: string;
}

/** What is verified: a run, an artifact in the cluster, an artifact by a summary at hand, or a bundle. */
export type VerifyMode = 'run' | 'artifact' | 'vsa' | 'bundle';

const ARTIFACT = ['artifact', 'digest', 'workflow', 'resourceUri', 'level', 'key', 'verifierId'] as const;
const SIGNER = ['ca', 'trustedRoot', 'identity', 'issuer'] as const;

/** The flags that each way of verifying looks at. */
const TAKEN: Readonly<Record<VerifyMode, readonly (keyof VerifyFlags)[]>> = {
  run: [],
  artifact: ARTIFACT,
  vsa: ['vsa', ...ARTIFACT, 'attestation', 'signerKey', 'material', ...SIGNER],
  bundle: ['bundle', 'key', ...SIGNER, 'at'],
};

const IN_WORDS: Readonly<Record<VerifyMode, string>> = {
  run: 'when a run is verified',
  artifact: 'when an artifact is verified in the cluster; give the summary too, with --vsa FILE',
  vsa: 'with --vsa',
  bundle: 'with --bundle',
};

/** Throws `usage` for a flag that would be passed over: whoever gives one believes that it was checked. */
export function assertTaken(mode: VerifyMode, flags: VerifyFlags): void {
  const given = (Object.keys(flags) as (keyof VerifyFlags)[]).filter((name) => isGiven(flags[name]));
  const ignored = given.filter((name) => !TAKEN[mode].includes(name)).map(flagOf);
  if (ignored.length === 0) return;
  const takes = TAKEN[mode].map(flagOf).join(', ');
  throw new Problem(
    'usage',
    `${ignored.join(', ')} ${ignored.length === 1 ? 'has' : 'have'} no meaning ${IN_WORDS[mode]}`,
    {
      hint: takes === '' ? 'a run is checked by its own contract: give nothing besides RUN' : `it takes ${takes}`,
    },
  );
}

const isGiven = (value: string | readonly string[] | undefined): boolean => value !== undefined && value.length > 0;

/** `resourceUri` as it is typed: `--resource-uri`. */
const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
