import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { KUBERNETES_VERSION } from '../controlplane/versions.ts';

/** What the figures were measured on and of, since they mean little without. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly node: string;
  readonly kubernetes: string;
}

export function machine(): Machine {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    processor: first?.model.trim() ?? '',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
    kubernetes: KUBERNETES_VERSION,
  };
}
