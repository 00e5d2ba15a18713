import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds, type SchemaNode } from '../../scripts/gen/crds.ts';

const test = suite('kubectl explain');
const crds = await readCrds();

/** Words that say nothing by themselves. */
const EMPTY = new Set('a an and as by for in is it its of one or that the this to'.split(' '));
const MIN_WORDS = 4;
/** How far up the names of parents are taken to be known. */
const KNOWN_PARENTS = 2;

for (const { kind, schema } of crds) {
  test(`${kind}: what is said of each field is a sentence that says more than its name, with the form of what has one`, () => {
    assert.equal([...faults(schema, [kind])], []);
  });
}

test('the walk finds what nobody learns anything from', () => {
  const text = (description: string, more: object = {}): SchemaNode => ({ type: 'string', description, ...more });
  const properties = {
    name: text('The name of the Thing.'),
    short: text('How often so.'),
    lower: text('how long it may take at most.'),
    digest: text('The SHA-256 of what was handed in.', { pattern: '^sha256:' }),
    time: text('When it was handed in by somebody.', { format: 'date-time' }),
    map: { type: 'object', description: 'Words by what they are called.', additionalProperties: text('The value.') },
    fine: text('How long it may take. Example: `1h`.', { pattern: '^[0-9]+h$' }),
  };
  assert.equal(
    [...faults({ type: 'object', description: 'Something to be walked through.', properties }, ['Thing'])],
    [
      'Thing.name says only what it is called: The name of the Thing.',
      'Thing.short says too little: How often so.',
      'Thing.lower does not begin as a sentence: how long it may take at most.',
      'Thing.digest has a form and shows none: The SHA-256 of what was handed in.',
      'Thing.time has a form and shows none: When it was handed in by somebody.',
      'Thing.map{} says too little: The value.',
    ],
  );
});

function* faults(node: SchemaNode, path: readonly string[]): Generator<string> {
  const { description = '' } = node;
  const at = path.join('.');
  const known = new Set(path.slice(-1 - KNOWN_PARENTS).flatMap(wordsOf));
  // An example says something, but not what the field is for.
  const words = wordsOf(description);
  if (wordsOf(description.replace(/Example: .*/s, '')).length < MIN_WORDS)
    yield `${at} says too little: ${description}`;
  else if (words.every((word) => EMPTY.has(word) || known.has(word))) {
    yield `${at} says only what it is called: ${description}`;
  }
  if (!/^[A-Z0-9`]/.test(description)) yield `${at} does not begin as a sentence: ${description}`;
  if (hasForm(node) && !/`|RFC 3339|\bhex\b/.test(description)) yield `${at} has a form and shows none: ${description}`;
  const own = path.at(-1) ?? '';
  const before = path.slice(0, -1);
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* faults(child, [...path, name]);
  if (node.items !== undefined) yield* faults(node.items, [...before, `${own}[]`]);
  if (typeof node.additionalProperties === 'object') yield* faults(node.additionalProperties, [...before, `${own}{}`]);
}

const hasForm = (node: SchemaNode): boolean => node.pattern !== undefined || node.format === 'date-time';

/** Each word once as it is looked up: small, and without the `s` of several. */
const wordsOf = (text: string): readonly string[] =>
  (
    text
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  ).map((word) => (word.length > 3 ? word.replace(/ies$/, 'y').replace(/s$/, '') : word));

test.run();
