import { marked, type Token, type Tokens } from 'marked';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reportMarkdown } from '../../../src/cli/report/markdown.ts';
import { taintedReport } from '../../support/hostile.ts';
import { shopReport } from '../../support/reported.ts';

const test = suite('report as Markdown');

/** Every piece that a reader of GitHub's Markdown sees in it. */
function tokensOf(markdown: string): readonly Token[] {
  const all: Token[] = [];
  marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token) => void all.push(token));
  return all;
}

test('it says how every workflow stands, and fits in a summary', () => {
  const markdown = reportMarkdown(shopReport());
  assert.match(markdown, /^# Evidence report: the cluster\n/);
  assert.match(markdown, /\*\*3 of 5 workflows\*\* comply now/);
  assert.match(markdown, /^\| `shop\/payments-api` \| `payments` \| open \| `PolicyViolation` 2026-11-28 09:10 \|/m);
  assert.match(markdown, /^\| `payments` \| 1 of 2 \| \d+ \| \d+ \| \d+ % \|$/m);
  assert.match(markdown, /^\| `shop\/legacy-sbom` \| `material\/sbom` \| `Approved` \|/m);
  assert.match(markdown, /ClusterPolicy\/no-known-exploited` \| `sarif: CVE-2021-44228/);
  assert.ok(Buffer.byteLength(markdown) < 1 << 20, 'GitHub takes no summary over 1 MiB');
});

test('text of others is text: no link, image, heading, item, mention or HTML comes of it', () => {
  const [clean, tainted] = [shopReport(), taintedReport(shopReport())].map((report) =>
    tokensOf(reportMarkdown({ ...report, unseen: [report.unseen[0] ?? 'x'] })),
  );
  const kinds = (tokens: readonly Token[] = []) =>
    Object.entries(Object.groupBy(tokens, ({ type }) => type))
      .filter(([type]) => !['text', 'codespan', 'space'].includes(type))
      .map(([type, found]) => `${type} ${found?.length}`)
      .toSorted();
  assert.equal(kinds(tainted), kinds(clean));
  const cells = (tokens: readonly Token[] = []) =>
    tokens
      .filter((token): token is Tokens.Table => token.type === 'table')
      .map(({ header, rows }) => [header.length, ...rows.map((row) => row.length)]);
  assert.equal(cells(tainted), cells(clean));
  // Outside of code there is nothing of it.
  for (const token of tainted ?? []) {
    if (token.type === 'text' && !('tokens' in token)) assert.not.match(token.raw, /evil|@team|#1|<|\u202e/);
  }
});

test('the same text as it stands would be more than text', () => {
  const { unseen, ...rest } = taintedReport(shopReport());
  const found = tokensOf(reportMarkdown({ ...rest, unseen: [] }).replace('## Teams', unseen[0] ?? ''));
  const kinds = new Set(found.map(({ type }) => type));
  assert.ok(kinds.has('html') && kinds.has('link') && kinds.has('image'), [...kinds].join());
});

test('an empty report says so in place of tables', () => {
  const markdown = reportMarkdown({ ...shopReport(), teams: [], workflows: [], gaps: [], waivers: [] });
  assert.match(markdown, /There is no workflow\.[\s\S]*Nothing that can be seen is open\.[\s\S]*There is no waiver\./);
});

test.run();
