import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../src/api/object.ts';
import { differences } from '../../../src/cli/backup/standing.ts';

const test = suite('how an object stands to a backup');

/** A reading of RFC 7386 that has nothing in common with how patches are made. */
function patched(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result = new Map<string, unknown>(isObject ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, patched(result.get(name), value));
  }
  return Object.fromEntries(result);
}

const name = fc.constantFrom('a', 'b', 'c', 'd');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(1, 2, 'x', true),
    fc.array(fc.constantFrom(1, 2, { a: 1 }, { a: 2, b: 1 }), { maxLength: 3 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const spec = fc.dictionary(name, tree, { maxKeys: 4, noNullPrototype: true });
const marks = fc.dictionary(name, fc.constantFrom('1', '2'), { noNullPrototype: true });
const object = fc.record({
  metadata: fc.record({ name: fc.constant('one'), labels: marks, annotations: marks }),
  spec,
});

test('property: the patch makes one of the other, and there is none of what is the same', () => {
  fc.assert(
    fc.property(object, object, (wanted, current) => {
      const { at, patch } = differences(wanted as KubeObject, current as KubeObject);
      const after = patched(current, patch) as typeof wanted;
      assert.equal(after.spec, wanted.spec);
      for (const mark of ['labels', 'annotations'] as const)
        assert.equal(after.metadata[mark], { ...current.metadata[mark], ...wanted.metadata[mark] });
      assert.equal(differences(wanted as KubeObject, after as KubeObject), { at: [], patch: {} });
      assert.is(at.length === 0, Object.keys(patch).length === 0);
    }),
  );
});

test('where they differ is said as people write it, and what others marked is left', () => {
  const wanted = { metadata: { name: 'a', labels: { team: 'web' } }, spec: { team: 'web', history: { limit: 1 } } };
  const current = {
    metadata: { name: 'a', uid: 'u', labels: { team: 'ops', other: 'x' } },
    spec: { team: 'web', history: { limit: 2 }, project: 'p' },
    status: {},
  };
  const { at, patch } = differences(wanted as KubeObject, current as KubeObject);
  assert.equal(at, ['spec.history', 'spec.project', "metadata.labels['team']"]);
  assert.equal(patch, { spec: { project: null, history: { limit: 1 } }, metadata: { labels: { team: 'web' } } });
});

test.run();
