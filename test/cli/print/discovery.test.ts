import { createColors } from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DiscoveryMessage } from '../../../src/api/messages.ts';
import type { Io } from '../../../src/cli/io.ts';
import { formatDiscovery } from '../../../src/cli/print/discovery.ts';

type Edge = DiscoveryMessage['edges'][number];

const test = suite('printing what was discovered');
const io: Io = {
  ...{ env: {}, cwd: '/', interactive: false, colours: createColors(false) },
  out: () => {},
  err: () => {},
};
/** `1 build True: output app D1, input source D2` as the receiver tells it. */
function edgesOf(text: string): readonly Edge[] {
  const [, distance = '', run = '', succeeded = '', rest = ''] = /^(\d) (\S+) (\S+): (.*)$/.exec(text) ?? [];
  return rest.split(', ').map((part) => {
    const [role, name = '', digest = ''] = part.split(' ');
    return {
      ...{ digest, role: role as Edge['role'], name, type: 'ARTIFACT' },
      ...{ namespace: 'shop', run, workflow: run, succeeded, distance: Number(distance) },
    };
  });
}
const walk = (direction: 'origins' | 'uses', runs: readonly string[], truncated = false): DiscoveryMessage => ({
  ...{ digest: 'START', direction, truncated },
  edges: runs.flatMap(edgesOf),
});
const BUILD = 'build True: output app START, input source SRC, attestation - ATT';
const DEPLOY = 'deploy False: input app START, output site SITE';

test('what it was made with and what was made with it are one tree', () => {
  const text = formatDiscovery(io, 'START', [
    walk('origins', [`1 ${BUILD}`, `1 ${DEPLOY}`, '2 generate True: output source SRC, input schema SCHEMA']),
    walk('uses', [`1 ${BUILD}`, `1 ${DEPLOY}`, '2 announce True: input page SITE, output post POST']),
  ]);
  assert.equal(text.split('\n'), [
    'START',
    '  made as app by shop/build (accepted)',
    '    from source ARTIFACT SRC',
    '      made as source by shop/generate (accepted)',
    '        from schema ARTIFACT SCHEMA',
    '  used as app by shop/deploy (failed)',
    '    into site ARTIFACT SITE',
    '      used as page by shop/announce (accepted)',
    '        into post ARTIFACT POST',
  ]);
});

test('one direction shows nothing of the other', () => {
  const text = formatDiscovery(io, 'START', [walk('uses', [`1 ${BUILD}`, `1 ${DEPLOY}`])]);
  assert.equal(text.split('\n').slice(1), [
    '  made as app by shop/build (accepted)',
    '  used as app by shop/deploy (failed)',
    '    into site ARTIFACT SITE',
  ]);
});

test('a digest that is not a material says what it is to the run', () => {
  const text = formatDiscovery(io, 'START', [
    walk('origins', ['1 build True: attestation - START, input source SRC', '1 other True: statement vsa START']),
  ]);
  assert.equal(text.split('\n').slice(1), [
    '  attests shop/build (accepted)',
    '    from source ARTIFACT SRC',
    '  states vsa about shop/other (accepted)',
  ]);
});

test('what is reached twice is gone through where it is nearest', () => {
  const text = formatDiscovery(io, 'START', [
    walk('origins', [
      '1 a True: output x START, input lib LIB, input base BASE',
      '2 b True: output lib LIB, input base BASE, input deep DEEP',
      '2 c True: output base BASE, input lib LIB',
      '3 d True: output deep DEEP, input app START',
    ]),
  ]);
  assert.equal(text.split('\n').slice(1), [
    '  made as x by shop/a (accepted)',
    '    from lib ARTIFACT LIB',
    '      made as lib by shop/b (accepted)',
    '        from base ARTIFACT BASE (shown elsewhere)',
    '        from deep ARTIFACT DEEP',
    '          made as deep by shop/d (accepted)',
    '    from base ARTIFACT BASE',
    '      made as base by shop/c (accepted)',
    '        from lib ARTIFACT LIB (shown elsewhere)',
  ]);
});

test('a digest that leads back to where the walk began does not make it endless', () => {
  const text = formatDiscovery(io, 'START', [
    walk('origins', ['1 a True: output x START, input y Y', '1 b True: input x START, output y Y']),
  ]);
  assert.equal(text.split('\n').slice(1), [
    '  made as x by shop/a (accepted)',
    '    from y ARTIFACT Y',
    '      made as y by shop/b (accepted) (shown elsewhere)',
    '  used as x by shop/b (accepted)',
  ]);
});

test('many runs that share a digest are lines by the number of them, not by its square', () => {
  const many = Array.from({ length: 200 }, (_, at) => at);
  const text = formatDiscovery(io, 'START', [
    walk('origins', [
      ...many.map((at) => `1 a${at} True: output x START, input lib LIB`),
      ...many.map((at) => `2 b${at} True: output lib LIB`),
    ]),
  ]);
  assert.is(text.split('\n').length, 1 + 3 * many.length);
});

test('it says that there was more, and names of others do not act on the terminal', () => {
  const [edge] = edgesOf('1 build True: output app START');
  const bad = { ...edge, name: 'a\u001b[2Jb' } as Edge;
  const text = formatDiscovery(io, 'START', [{ ...walk('origins', [], true), edges: [bad] }]);
  assert.match(text, /made as a\[2Jb by shop\/build/);
  assert.match(text.split('\n').at(-1) ?? '', /There is more than is gone through: give a smaller --depth/);
});

test.run();
