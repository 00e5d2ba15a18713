// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngines } from '../../src/policy/engines.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { Operated } from '../support/operated.ts';
import { messageOf, PolicyBench } from '../support/policy-bench.ts';
import { tool } from '../tools/tool.ts';

let operated: Operated;
let bench: PolicyBench;
const test = suite('policies checked by their own engines');
test.before(async () => {
  process.env.PROVISO_OPA = await tool('opa');
  operated = await Operated.start({ engines: createEngines(createLogger('operator', 'silent')) });
  bench = new PolicyBench(operated);
});
test.after(() => operated?.stop());

const GOOD = 'validations: [{expression: has(input.components), message: it lists no components}]';
const REGO = 'package main\nimport rego.v1\nviolations contains "none" if not input.components\n';

test('in CEL: what compiles is Ready, and what does not is told with its place in the source', async () => {
  await bench.apply('listed', { source: { inline: GOOD } });
  await bench.until('listed', 'Ready');
  await bench.apply('listed', {
    source: { inline: GOOD.replace('has(input.components)', 'has(inputs.components) + 1') },
  });
  assert.match(messageOf(await bench.until('listed', 'SourceInvalid')), /^spec\.source\.inline: line 1, column \d+: /);
  await bench.apply('listed', { source: { inline: GOOD } });
  await bench.until('listed', 'Ready');
});

test('in Rego: OPA says the same, and what reaches for the network does not compile', async () => {
  await bench.apply('counted', { engine: 'Rego', source: { inline: REGO } });
  const { status } = await bench.until('counted', 'Ready');
  assert.match(status?.engineVersion ?? '', /^\d+\.\d+\.\d+/);
  await bench.apply('counted', { engine: 'Rego', source: { inline: `${REGO}x := http.send({"url": "http://a"})\n` } });
  const message = messageOf(await bench.until('counted', 'SourceInvalid'));
  assert.match(message, /^spec\.source\.inline: line 4, column \d+: .*http\.send/);
});

test.run();
