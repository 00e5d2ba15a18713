import { runCli } from './main.ts';

/** The CLI alone, as it is bundled. */
void runCli(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
