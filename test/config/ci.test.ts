import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runHere } from '../support/command-line.ts';
import { readConfig } from '../support/config-files.ts';

const test = suite('snippets for CI outside the cluster');

interface Snippet {
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly release?: {
    readonly variables: Readonly<Record<string, string>>;
    readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>;
  };
}

/** The commands of a snippet, with something in the place of what the CI system would put in. */
const commandsOf = (text: string): readonly string[] =>
  [...text.matchAll(/\bproviso ((?:init|add|push|reset)[^\n]*)/g)].map(([, command = '']) =>
    command.replaceAll(/\$\{\{.*?\}\}/g, 'failure').replaceAll('"', ''),
  );

for (const file of ['ci/github-actions.yaml', 'ci/gitlab-ci.yaml']) {
  test(`${file}: the commands are commands, and only the receiver is missing`, async () => {
    const text = await readConfig(file);
    const snippet = load(text) as Snippet;
    const variables = { ...(snippet.env ?? snippet.release?.variables) };
    assert.equal([variables.PROVISO_NAMESPACE, variables.PROVISO_WORKFLOW], ['shop', 'shop']);
    // Everything but where the receiver is.
    delete variables.PROVISO_ENDPOINT;
    delete variables.PROVISO_CA_FILE;
    const commands = commandsOf(text);
    assert.ok(commands.length >= 3);
    for (const args of commands) {
      const { code, err } = await runHere('/', args, variables);
      assert.is(code, 2);
      assert.match(err, /not-configured/, args);
    }
  });
}

test('a job may ask for a token, and it is for us', async () => {
  const github = load(await readConfig('ci/github-actions.yaml')) as Snippet;
  assert.is(github.permissions?.['id-token'], 'write');
  const gitlab = load(await readConfig('ci/gitlab-ci.yaml')) as Snippet;
  assert.is(gitlab.release?.id_tokens.PROVISO_TOKEN?.aud, 'proviso');
});

test.run();
