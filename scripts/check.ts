import { boundaryFindings } from './check/boundaries.ts';
import { commandFindings } from './check/commands.ts';
import { sizeFindings, sizeSummary } from './check/sizes.ts';
import { readSources } from './check/sources.ts';
import { wordFindings } from './check/words.ts';

/** `make check`: everything that can be said of the code without running it. Exits 1 with every finding. */
const sources = await readSources(new URL('..', import.meta.url).pathname);
const findings = [
  ...boundaryFindings(sources),
  ...sizeFindings(sources),
  ...wordFindings(sources),
  ...(await commandFindings()),
];
for (const finding of findings) console.error(finding);
console.log(sizeSummary(sources));
console.log(findings.length === 0 ? 'check: nothing to complain about' : `check: ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
