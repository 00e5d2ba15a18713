import { basename } from 'node:path';

/** What kubectl looks for in the PATH for `kubectl proviso`. */
const PLUGIN = /^kubectl-proviso(?:\.\w+)?$/;

/** How it was called, to be shown in usages: a plugin of kubectl is typed in two words. */
export const programName = (argv0: string, script: string | undefined): string =>
  [argv0, script ?? ''].some((path) => PLUGIN.test(basename(path))) ? 'kubectl proviso' : 'proviso';
