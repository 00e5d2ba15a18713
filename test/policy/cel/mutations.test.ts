// deadline: 120
import { array, assert as check, constantFrom, nat, property, tuple } from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate } from '../../../src/policy/cel/evaluate.ts';
import { compile } from '../../../src/policy/cel/program.ts';
import { queryOf } from './queries.ts';

const test = suite('mutated CEL policies');

const POLICY = `variables:
  - {name: banned, expression: "inputs.licenses.split(',')"}
skip:
  - expression: "!has(input.components)"
    reason: none
validations:
  - forEach: sbom.components(input).filter(c, c.name != '')
    expression: >-
      !item.licenses.exists(l, l in variables.banned)
      && item.version.matches('^[0-9.]+$') ? true : size(item.name) > 3
    messageExpression: |
      'component ' + item.name
        + ' has ' + item.licenses.join(', ')
    findingExpression: '{''name'': item.name, "n": [1, 2u, 3.5, b''x'', now]}'
`;
const PIECES = [
  ...'{}[]()\'"`:,.|>&*!?%@#-+=<\\/ \n\t\u0000\ud800\ufeffé',
  ...[
    '0x',
    '1e999',
    '- ',
    '!!binary ',
    '&a ',
    '*a',
    '<<: ',
    '---\n',
    '"""',
    "r'",
    'has(',
    '.map(',
    'null',
    'in ',
    '&&',
    '||',
  ],
  ...[
    '__proto__',
    'constructor',
    '-9223372036854775808',
    '18446744073709551615u',
    "'\\xff'",
    "b'\\377'",
    'google.protobuf.Any{}',
  ],
];
const INPUTS: readonly unknown[] = [
  { bomFormat: 'CycloneDX', components: [{ name: 'a', version: '1', licenses: [{ license: { id: 'MIT' } }] }] },
  {},
  null,
  [1, 'a', null],
];
/** Where, how much is taken out, and what comes there. */
const edits = array(tuple(nat(POLICY.length), nat(3), constantFrom('', '1', 'a', ...PIECES)), {
  minLength: 1,
  maxLength: 3,
});

test('attack: whatever a source is, there are findings in it or an outcome, and nothing is thrown', () => {
  let compiledCount = 0;
  check(
    property(edits, (list) => {
      let source = POLICY;
      for (const [at, length, piece] of list) source = source.slice(0, at) + piece + source.slice(at + length);
      const compiled = compile(source);
      if (compiled.ok) {
        compiledCount += 1;
        for (const input of INPUTS) evaluate('p', compiled.program, queryOf(input, { licenses: 'MIT' }));
        return;
      }
      assert.ok(compiled.findings.length > 0);
      const lines = source.split('\n');
      for (const { line = 1, column = 1, message } of compiled.findings) {
        assert.ok(
          message !== '' && line >= 1 && line <= lines.length + 1 && column >= 1,
          `${line}:${column} ${message}`,
        );
      }
    }),
    { numRuns: 3_000 },
  );
  // A generator of nonsense only would show nothing about evaluation.
  assert.ok(compiledCount > 20, `${compiledCount}`);
});

test.run();
