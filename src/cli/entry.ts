import { processIo } from './io.ts';
import { runCli } from './main.ts';
import { programName } from './program-name.ts';

/** The CLI alone, as it is bundled. */
const name = programName(process.argv0, process.argv[1]);
void runCli(process.argv.slice(2), processIo(), name).then((code) => {
  process.exitCode = code;
});
