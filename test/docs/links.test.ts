import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { anchorsOf, linksOf, pathsIn, readFromRoot, readPages, testNamesOf } from '../support/pages.ts';

const test = suite('links of the pages');
const pages = await readPages();
const paths = await pathsIn(['docs', 'config', 'charts', 'crds', 'src', 'test', 'scripts']);

/** From a page to where its link leads, by the path from the root. */
const targetOf = (page: string, path: string): string =>
  path === '' ? page : new URL(path, new URL(page, 'file:///')).pathname.slice(1);

for (const [page, text] of pages) {
  const links = linksOf(text);
  test(`${page}: every link leads somewhere`, async () => {
    for (const { path, anchor } of links) {
      const target = targetOf(page, path);
      assert.ok(paths.has(target), `${page} links to ${path}, and there is no ${target}`);
      if (anchor === '') continue;
      const there = pages.get(target);
      assert.ok(there !== undefined, `${page} links to a heading of ${target}, which is no page`);
      assert.ok(anchorsOf(there).has(anchor), `${page} links to ${path}#${anchor}, and there is no such heading`);
    }
  });

  const claims = links.filter(({ path }) => path.endsWith('.test.ts'));
  if (claims.length > 0) {
    test(`${page}: every test that it names is there, under that name`, async () => {
      for (const { text: name, path } of claims) {
        const names = testNamesOf(await readFromRoot(targetOf(page, path)));
        assert.ok(names.has(name), `${page} names the test “${name}”, which isn't in ${path}`);
      }
    });
  }
}

test('what is looked for is found', () => {
  assert.equal(
    [...anchorsOf('# A `b` [c](d)\n## Who, what?\n## Who, what?\n```sh\n# no heading\n```\n')],
    ['a-b-c', 'who-what', 'who-what-1'],
  );
  assert.equal(linksOf('[a\n b](c.md#d) [x](https://e.f) `[` [](#g)\n```\n[h](i)\n```\n'), [
    { text: 'a b', path: 'c.md', anchor: 'd' },
    { text: '', path: '', anchor: 'g' },
  ]);
  const source = `test('it\\'s', x); test(\n  \`of \${kind}\`, y); test("it's", z); tests('no', w)`;
  assert.equal([...testNamesOf(source)], ["it's", 'of …']);
});

test.run();
