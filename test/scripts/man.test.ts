import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { provisoMan } from '../../scripts/build/man.ts';
import { ENVIRONMENT } from '../../scripts/build/man-page.ts';
import { commandsOf, grammarOf } from '../../src/cli/completion/grammar.ts';
import { processIo } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';

const test = suite('man page');
const ROOT = new URL('../..', import.meta.url).pathname;

/** As groff shows it on a wide terminal, without bold and the like, and what it warned of. */
function rendered(source: string): Promise<readonly [text: string, warnings: string]> {
  return new Promise((resolve, reject) => {
    const args = ['-man', '-Tutf8', '-ww', '-rLL=200n', '-P-cbou'];
    const child = execFile('groff', args, (error, text, warnings) =>
      error ? reject(error) : resolve([text, warnings]),
    );
    child.stdin?.end(source);
  });
}

test('groff has nothing to say against it, and shows every command and option', async () => {
  const [text, warnings] = await rendered(provisoMan());
  assert.is(warnings, '');
  const all = commandsOf(grammarOf(createProgram(processIo(), () => {})));
  for (const { path, name, commands, options } of all) {
    if (name === 'help' || commands.length > 0) continue;
    assert.ok(text.includes(`   ${path}`), path);
    for (const { names, value } of options) {
      const shown = `${names.join(', ')}${value === undefined ? '' : ` ${value.label}`}`;
      assert.ok(text.includes(`   ${shown}`), `${path}: ${shown}`);
    }
  }
});

test('it names every variable of ours that the CLI reads, and none that it does not', async () => {
  const files = await readdir(join(ROOT, 'src'), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts') && !/^(?:operator|receiver)\//.test(file));
  const texts = await Promise.all(sources.map((file) => readFile(join(ROOT, 'src', file), 'utf8')));
  const read = new Set(
    texts.flatMap((text) => text.match(/\bPROVISO_[A-Z_]+/g) ?? []).filter((name) => !LEVELS.has(name)),
  );
  const ours = Object.keys(ENVIRONMENT).filter((name) => name.startsWith('PROVISO_'));
  assert.equal([...read].toSorted(), ours.toSorted());
});

/** No variables: levels of a summary. */
const LEVELS = new Set(['PROVISO_CONTRACT_MET', 'PROVISO_CONTRACT_WAIVED', 'PROVISO_POLICIES_PASSED']);

test.run();
