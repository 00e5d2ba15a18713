import manifest from '../../package.json' with { type: 'json' };
import { grammarOf } from '../../src/cli/completion/grammar.ts';
import { processIo } from '../../src/cli/io.ts';
import { createProgram, EXAMPLES } from '../../src/cli/program.ts';
import { manPage } from './man-page.ts';

/** The manual page of the CLI as it is, `proviso.1`. */
export const provisoMan = (): string =>
  manPage(grammarOf(createProgram(processIo(), () => {})), manifest.version, EXAMPLES);
