/**
 * Picks the bundle beside it by the first argument, as `main.ts` does from source: `operator`, `receiver`, else the CLI.
 * What the image starts.
 */
const PROGRAMS = ['operator', 'receiver'];

const named = process.argv[2] ?? '';
const isProgram = PROGRAMS.includes(named);
// Each reads its flags from the third place on.
if (isProgram) process.argv.splice(2, 1);
await import(new URL(`./${isProgram ? named : 'proviso'}.mjs`, import.meta.url).href);
