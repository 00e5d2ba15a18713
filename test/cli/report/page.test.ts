import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reportPage } from '../../../src/cli/report/page.ts';
import { type Browser, hasBrowser, startBrowser } from '../../support/browser.ts';
import { HOSTILE, taintedReport } from '../../support/hostile.ts';
import { shopReport } from '../../support/reported.ts';

const test = suite('report as a page');
const ROOT = join(import.meta.dirname, '../../..');
let browser: Browser;
/** CI has one; elsewhere it is said that nobody has looked. */
const looked = (name: string, look: () => Promise<void>): void =>
  test(name, () =>
    hasBrowser() ? look() : console.log(`» no browser is installed, so nobody looked whether ${name}`),
  );
let server: Server;
let shown = '';
/** What the server was asked for, with the page itself. */
let asked: string[] = [];

test.before(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'text/html; charset=utf-8').end(shown);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (hasBrowser()) browser = await startBrowser(1200, 900);
});
test.after(async () => {
  await browser?.stop();
  server.closeAllConnections();
  server.close();
});

interface Seen {
  readonly rows: number;
  readonly pictures: number;
  readonly elements: Readonly<Record<string, number>>;
  readonly text: string;
  readonly title: string;
  readonly taken: boolean;
}

const LOOK = `(() => {
  const elements = {};
  for (const { localName } of document.querySelectorAll('*')) elements[localName] = (elements[localName] ?? 0) + 1;
  return {
    rows: document.querySelectorAll('tbody tr').length, pictures: document.querySelectorAll('svg[role=img]').length,
    elements, text: document.body.innerText, title: document.title, taken: window.taken === true,
  };
})()`;

/** Opens the page in the browser; every request besides it, and every complaint of the browser, is told of. */
async function open(page: string) {
  shown = page;
  asked = [];
  const complaints = () => [...browser.events('Log.entryAdded'), ...browser.events('Runtime.consoleAPICalled')].length;
  const requests = () => browser.events<{ request: { url: string } }>('Network.requestWillBeSent');
  const [before, said] = [requests().length, complaints()];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await browser.open(url);
  const seen = await browser.evaluate<Seen>(LOOK);
  const left = requests()
    .slice(before)
    .map(({ request }) => request.url)
    .filter((each) => each !== url);
  return { seen, left, complaints: complaints() - said };
}

looked('a real browser shows all of it, and asks for nothing besides the page', async () => {
  const report = shopReport();
  const { seen, left, complaints } = await open(reportPage(report));
  assert.is(seen.title, 'Evidence report: the cluster');
  assert.is(seen.rows, report.teams.length + report.workflows.length + report.gaps.length + report.waivers.length);
  assert.is(seen.pictures, 1 + report.teams.length + report.workflows.length);
  for (const text of ['shop/payments-api', 'CVE-2021-44228', 'met by a waiver', 'AwaitingApproval', '3 of 5']) {
    assert.ok(seen.text.includes(text), text);
  }
  assert.equal({ left, asked, complaints }, { left: [], asked: ['/'], complaints: 0 });
});

looked('what others wrote stays text: it makes no element, runs nothing and loads nothing', async () => {
  const clean = await open(reportPage(shopReport()));
  const report = taintedReport({ ...shopReport(), unseen: ['x'] });
  const { seen, left } = await open(reportPage({ ...report, unseen: [] }));
  assert.equal(seen.elements, clean.seen.elements);
  assert.equal([seen.taken, left, asked], [false, [], ['/']]);
  for (const part of HOSTILE.slice(0, -1)) assert.ok(seen.text.includes(part), part);
  assert.ok(seen.text.includes('gnp.exe[31m # heading - item --- <!--'), 'without what turns or hides text');
});

looked('what got in nevertheless would be stopped by the policy of the page', async () => {
  const inside = `<script>window.taken = true</script><img src="/a.png" onerror="window.taken = true">
<style>body { display: none }</style><iframe src="/b"></iframe><link rel="stylesheet" href="/c.css"><a id="there">x</a>`;
  const page = reportPage(shopReport());
  const { seen, complaints } = await open(page.replace('<main>', `<main>${inside}`));
  assert.is(seen.elements.script, 1, 'it is in the page');
  assert.equal([seen.taken, asked, complaints > 0], [false, ['/'], true]);
  assert.ok(seen.text.includes('shop/payments-api'), 'the style counts for nothing');
  // The same without the policy: so these are the things that it holds off.
  const without = await open(page.replace('<main>', `<main>${inside}`).replace(/<meta http-equiv[^>]*>/, ''));
  assert.equal([without.seen.taken, asked.includes('/a.png'), asked.includes('/b')], [true, true, true]);
});

looked('pictures have names, tables have heads, and the page says its language', async () => {
  await open(reportPage(shopReport()));
  const { nodes } = await browser.send<{
    nodes: { role?: { value: string }; name?: { value: string }; ignored: boolean }[];
  }>('Accessibility.getFullAXTree');
  const of = (role: string) => nodes.filter((node) => !node.ignored && node.role?.value === role);
  const pictures = of('image').map(({ name }) => name?.value ?? '');
  assert.is(pictures.length, 9);
  assert.ok(
    pictures.every((name) => /: \d+ accepted and \d+ refused in 30 days$/.test(name)),
    pictures.join('\n'),
  );
  assert.is(of('table').length, 4);
  assert.ok(of('table').every(({ name }) => name?.value));
  assert.is(of('columnheader').length, 6 + 10 + 5 + 8);
  assert.is(of('rowheader').length, 3 + 5 + 2 + 2);
  assert.is(await browser.evaluate('document.documentElement.lang'), 'en');
});

looked('it is dark where that is wanted, light on paper, and breaks into pages', async () => {
  await open(reportPage(shopReport()));
  const look = async (media: string, scheme: string) => {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await browser.send('Emulation.setEmulatedMedia', { media, features });
    return browser.evaluate<readonly string[]>(
      '(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))',
    );
  };
  assert.equal(await look('screen', 'light'), ['rgb(27, 36, 48)', 'rgb(255, 255, 255)']);
  assert.equal(await look('screen', 'dark'), ['rgb(230, 235, 242)', 'rgb(18, 23, 30)']);
  assert.equal(await look('print', 'dark'), ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  const { data } = await browser.send<{ data: string }>('Page.printToPDF');
  const pdf = Buffer.from(data, 'base64').toString('latin1');
  assert.match(pdf, /^%PDF-/);
  await browser.send('Emulation.setEmulatedMedia', { media: '', features: [] });
});

looked('a picture of it is no empty one; the one in the README is small enough for a page', async () => {
  await open(reportPage(shopReport()));
  const shot = await browser.send<{ data: string }>('Page.captureScreenshot');
  await open('<!doctype html><title>empty</title>');
  const empty = await browser.send<{ data: string }>('Page.captureScreenshot');
  assert.ok(shot.data.length > 5 * empty.data.length, `${shot.data.length} and ${empty.data.length}`);
  const kept = await stat(join(ROOT, 'docs/report.png'));
  assert.ok(kept.size < 150_000, `docs/report.png has ${kept.size} bytes; make it again: make report-picture`);
});

test.run();
