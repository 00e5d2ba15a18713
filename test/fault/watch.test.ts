// deadline: 120
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { startSource } from '../../src/kube/source.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, type Exchange, startScripted } from './scripted-server.ts';
import { faults } from './survived.ts';

const test = faults('watch under fault', 'objects in the store, changes told, requests sent');

/** Follows ConfigMaps of a scripted server; `check` sees the names and changes so far. */
async function following(
  script: (exchange: Exchange, index: number) => void,
  check: (seen: {
    names(): readonly string[];
    readonly changes: readonly string[];
    readonly exchanges: readonly Exchange[];
    sockets(): number;
  }) => Promise<void>,
  idleMs?: number,
): Promise<void> {
  const server = await startScripted(script);
  const abort = new AbortController();
  const changes: string[] = [];
  const source = startSource<KubeObject>(server.connection.transport, KIND.ConfigMap, {
    signal: abort.signal,
    ...(idleMs === undefined ? {} : { idleMs }),
    onChange: ({ type, object }) => void changes.push(`${type} ${object.metadata.name}`),
  });
  const names = () =>
    source.store
      .list()
      .map(({ metadata }) => metadata.name)
      .sort();
  try {
    await check({ names, changes, exchanges: server.exchanges, sockets: server.sockets });
  } finally {
    abort.abort(new Error('done'));
    await source.stopped;
    await server.stop();
  }
}
const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
const until = (what: string, condition: () => boolean) => eventually(what, async () => condition(), 20);
/** A watch that stays open and says nothing. */
const silent = ({ response }: Exchange): void => void response.writeHead(200).flushHeaders();

test('410 on the second page begins the list again', async () => {
  let lists = 0;
  await following(
    (exchange) => {
      if (exchange.isWatch) return silent(exchange);
      lists += 1;
      if (exchange.url.searchParams.has('continue') && lists === 2) return exchange.json(410, gone);
      return exchange.url.searchParams.has('continue') ? exchange.list('5', ['b']) : exchange.list('5', ['a'], 'more');
    },
    async ({ names, changes }) => {
      await until('both pages', () => names().length === 2);
      assert.equal(changes, ['added a', 'added b']);
    },
  );
});

test('410 in the middle of a stream lists again, and a deletion that was missed is seen', async () => {
  let lists = 0;
  await following(
    (exchange) => {
      if (!exchange.isWatch) {
        lists += 1;
        return exchange.list(lists === 1 ? '5' : '9', lists === 1 ? ['a', 'b'] : ['b', 'c']);
      }
      if (lists === 1) return exchange.events({ type: 'ERROR', object: gone });
      return silent(exchange);
    },
    async ({ names, changes }) => {
      await until('the second list', () => names().join() === 'b,c');
      assert.ok(changes.includes('deleted a'));
      assert.ok(changes.includes('added c'));
    },
  );
});

test('the server may say 410 for ever: no hot loop', async () => {
  await following(
    (exchange) => exchange.json(410, gone),
    async ({ exchanges }) => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      assert.ok(exchanges.length >= 2 && exchanges.length < 12, `${exchanges.length} requests in 3 s`);
    },
  );
});

test('watches that close at once: no hot loop, and from the last version on', async () => {
  await following(
    (exchange) => (exchange.isWatch ? void exchange.response.writeHead(200).end() : exchange.list('7', ['a'])),
    async ({ exchanges, names }) => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const watches = exchanges.filter(({ isWatch }) => isWatch);
      assert.ok(watches.length >= 2 && watches.length < 12, `${watches.length} watches in 3 s`);
      assert.ok(watches.every(({ url }) => url.searchParams.get('resourceVersion') === '7'));
      assert.is(exchanges.length - watches.length, 1);
      assert.equal(names(), ['a']);
    },
  );
});

test('a watch that ends goes on after its last event or bookmark', async () => {
  let watches = 0;
  await following(
    (exchange) => {
      if (!exchange.isWatch) return exchange.list('5', ['a']);
      watches += 1;
      if (watches > 1) return silent(exchange);
      exchange.events(
        { type: 'ADDED', object: configMap('b', '6') },
        { type: 'BOOKMARK', object: configMap('', '42') },
      );
      return void exchange.response.end();
    },
    async ({ names, exchanges }) => {
      await until('the second watch', () => watches === 2);
      assert.equal(names(), ['a', 'b']);
      assert.is(exchanges.at(-1)?.url.searchParams.get('resourceVersion'), '42');
    },
  );
});

test('events that come twice or in several pieces change nothing twice', async () => {
  await following(
    (exchange) => {
      if (!exchange.isWatch) return exchange.list('5', []);
      const line = `${JSON.stringify({ type: 'ADDED', object: configMap('é', '6') })}\n`;
      const bytes = Buffer.from(line + line);
      exchange.response.writeHead(200);
      exchange.response.write(bytes.subarray(0, line.indexOf('é') + 1));
      setTimeout(() => exchange.response.write(bytes.subarray(line.indexOf('é') + 1)), 50);
    },
    async ({ names, changes }) => {
      await until('the object', () => names().length === 1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(changes, ['added é']);
    },
  );
});

test('a connection that is half open is left after its idle time', async () => {
  let watches = 0;
  await following(
    (exchange) => {
      if (!exchange.isWatch) return exchange.list('5', []);
      watches += 1;
      if (watches === 1) return silent(exchange);
      return exchange.events({ type: 'ADDED', object: configMap('late', '6') });
    },
    async ({ names }) => {
      await until('the event on another connection', () => names().join() === 'late');
    },
    300,
  );
});

test('a reset in the middle of a stream loses nothing', async () => {
  let watches = 0;
  await following(
    (exchange) => {
      if (!exchange.isWatch) return exchange.list(String(5 + watches), watches === 0 ? [] : ['w1']);
      watches += 1;
      exchange.events({ type: 'ADDED', object: configMap(`w${watches}`, String(5 + watches)) });
      if (watches === 1) setTimeout(() => exchange.request.socket.destroy(), 50);
      return;
    },
    async ({ names, exchanges }) => {
      await until('the event after the reset', () => names().join() === 'w1,w2');
      const versions = exchanges
        .filter(({ isWatch }) => isWatch)
        .map(({ url }) => url.searchParams.get('resourceVersion'));
      assert.equal(versions.slice(0, 2), ['5', '6']);
    },
  );
});

test('429 with Retry-After is waited for, 500 and 403 are lived through', async () => {
  const answers = [
    (exchange: Exchange) => exchange.json(429, { reason: 'TooManyRequests', message: 'slow' }, { 'retry-after': '2' }),
    (exchange: Exchange) => exchange.json(500, { reason: 'InternalError', message: 'x' }),
    (exchange: Exchange) => exchange.json(403, { reason: 'Forbidden', message: 'x' }),
  ];
  const times: number[] = [];
  await following(
    (exchange, index) => {
      times.push(performance.now());
      const answer = answers[index];
      if (answer !== undefined) return answer(exchange);
      return exchange.isWatch ? silent(exchange) : exchange.list('5', ['a']);
    },
    async ({ names }) => {
      await until('the list at last', () => names().length === 1);
      assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 1990);
    },
  );
});

const checks = (exchanges: readonly Exchange[]): number =>
  exchanges.filter(({ url }) => url.searchParams.get('limit') === '1').length;

test('a server that was set back to an older state is listed again, though its watches say nothing', async () => {
  let isRestored = false;
  await following(
    (exchange) => {
      if (!exchange.isWatch) return isRestored ? exchange.list('40', ['kept']) : exchange.list('90', ['kept', 'lost']);
      if (isRestored) return silent(exchange);
      isRestored = true;
      exchange.events({ type: 'ADDED', object: configMap('lost-too', '91') });
    },
    async ({ names, changes, exchanges }) => {
      await until('the restored state', () => names().join() === 'kept');
      assert.ok(changes.includes('deleted lost') && changes.includes('deleted lost-too'));
      assert.is(checks(exchanges), 1);
    },
    300,
  );
});

test('a server that was away is listed again, even if it has passed the last version with other content', async () => {
  let isRestored = false;
  await following(
    (exchange) => {
      if (!exchange.isWatch) return isRestored ? exchange.list('95', ['kept']) : exchange.list('90', ['kept', 'lost']);
      if (isRestored) return silent(exchange);
      exchange.response.writeHead(200).flushHeaders();
      setTimeout(() => {
        isRestored = true;
        exchange.request.socket.destroy();
      }, 50);
    },
    async ({ names, exchanges }) => {
      await until('the restored state', () => names().join() === 'kept');
      assert.is(checks(exchanges), 0);
    },
  );
});

test('a stream that breaks after a while, as behind some proxies, goes on without a list of everything', async () => {
  let isBroken = false;
  await following(
    (exchange) => {
      if (!exchange.isWatch) return exchange.list('5', ['a']);
      if (isBroken) return exchange.events({ type: 'ADDED', object: configMap('b', '6') });
      exchange.response.writeHead(200).flushHeaders();
      setTimeout(() => {
        isBroken = true;
        exchange.request.socket.destroy();
      }, 5_500);
    },
    async ({ names, exchanges }) => {
      await until('the event on another connection', () => names().join() === 'a,b');
      assert.is(checks(exchanges), 1);
      assert.is(exchanges.filter(({ isWatch }) => !isWatch).length, 2);
    },
  );
});

test('a state that arrives after a newer one is dropped', async () => {
  await following(
    (exchange) => {
      if (!exchange.isWatch) return exchange.list('5', []);
      exchange.events(
        { type: 'ADDED', object: configMap('a', '9') },
        { type: 'MODIFIED', object: configMap('a', '7') },
        { type: 'DELETED', object: configMap('a', '8') },
        { type: 'ADDED', object: configMap('end', '10') },
      );
    },
    async ({ names, changes }) => {
      await until('the last event', () => names().includes('end'));
      assert.equal(changes, ['added a', 'added end']);
    },
  );
});

test('lists and watches share one pool of connections', async () => {
  await following(
    (exchange) => (exchange.isWatch ? void exchange.response.writeHead(200).end() : exchange.list('7', [])),
    async ({ sockets, exchanges }) => {
      await until('some requests', () => exchanges.length >= 4);
      assert.is(sockets(), 1);
    },
  );
});

test('a store keeps of listed and of watched objects only what it is to keep', async () => {
  const bulky = (name: string, version: string) => ({ ...configMap(name, version), data: { text: 'long' } });
  const server = await startScripted((exchange) => {
    if (!exchange.isWatch) return exchange.json(200, { metadata: { resourceVersion: '5' }, items: [bulky('a', '5')] });
    exchange.events({ type: 'ADDED', object: bulky('b', '6') }, { type: 'MODIFIED', object: bulky('a', '7') });
  });
  const abort = new AbortController();
  const { store, stopped } = startSource<KubeObject>(server.connection.transport, KIND.ConfigMap, {
    signal: abort.signal,
    keeps: ({ kind = '', metadata }) => ({ kind, metadata }),
  });
  try {
    await until('both', () => store.get({ namespace: 'n', name: 'a' })?.metadata.resourceVersion === '7');
    assert.equal(store.list().flatMap(Object.keys), ['kind', 'metadata', 'kind', 'metadata']);
  } finally {
    abort.abort(new Error('done'));
    await stopped;
    await server.stop();
  }
});

test.run();
