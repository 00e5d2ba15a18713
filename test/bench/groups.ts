/** A benchmark of the suite: a folder beside this file with a `main.ts`, and how much of it the suite measures. */
export interface Group {
  readonly folder: string;
  readonly title: string;
  /** For its process. */
  readonly env: Readonly<Record<string, string>>;
}

/** What `make bench` measures, about ten minutes of it on two cores. Each alone, and more of it, by `make bench-…`. */
export const GROUPS: readonly Group[] = [
  { folder: 'load', title: 'Submissions', env: { PROVISO_BENCH_SECONDS: '20' } },
  { folder: 'start', title: 'Starting', env: {} },
  { folder: 'verify', title: 'Verification of attestations', env: {} },
  { folder: 'operator', title: 'The operator among 2,000 workflows and runs', env: { PROVISO_BENCH_SIZE: '2000' } },
  { folder: 'intake', title: 'Provenance in one request, beside Archivista', env: {} },
  {
    folder: 'evidence',
    title: 'An object of 256 MB in every kind of evidence store',
    env: { PROVISO_BENCH_MB: '256' },
  },
  { folder: 'materials', title: 'Documents of 10 MB', env: { PROVISO_BENCH_MB: '10' } },
  { folder: 'policy', title: 'Policies in CEL, and what policies add', env: {} },
  { folder: 'rego', title: 'Policies in Rego', env: {} },
];
