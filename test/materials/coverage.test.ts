import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../src/api/material-types.ts';
import { facts, finding } from './inspect.ts';

const test = suite('coverage reports');

const JACOCO = '<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">';
const counter = (type: string, covered = '2', missed = '1') =>
  `<counter type="${type}" missed="${missed}" covered="${covered}"/>`;

test('JaCoCo: the counters of the whole report, and not those of its parts', () => {
  const inner = `<group name="a"><package name="p">${counter('INSTRUCTION', '9', '9')}</package></group>`;
  const { annotations } = facts('JACOCO_XML', `${JACOCO}<report name="r">${inner}${counter('INSTRUCTION')}</report>`);
  assert.equal(annotations, {
    'chainloop.material.jacoco.instruction.covered': '2',
    'chainloop.material.jacoco.instruction.missed': '1',
  });
  assert.match(finding('JACOCO_XML', `${JACOCO}<report name="r">${inner}</report>`), /counter type="INSTRUCTION"/);
  assert.match(finding('JACOCO_XML', `${JACOCO}<report name="r">${counter('LINE')}</report>`), /type="INSTRUCTION"/);
  for (const bad of ['', '-1', '1e3', '1'.repeat(30)]) {
    const report = `${JACOCO}<report>\n${counter('INSTRUCTION', bad)}</report>`;
    assert.match(finding('JACOCO_XML', report), /^line 2, .*the covered of a <counter> is a whole number/);
  }
});

test('Cobertura: rates, and not the report of another tool with the same root', () => {
  const report = (attributes: string, inner = '') => `<coverage ${attributes}>${inner}</coverage>`;
  const packages = '<packages><package name="a" line-rate="0"/></packages>';
  for (const rate of ['0.5', '1', '1.0', '0.8571428571428571', '5.0e-1']) {
    const { annotations } = facts('COBERTURA_XML', report(`line-rate="${rate}"`));
    assert.equal(annotations, { 'chainloop.material.cobertura.line_rate': rate });
  }
  facts('COBERTURA_XML', report('line-rate="0"', packages));
  assert.match(finding('COBERTURA_XML', report('line-rate="0"')), /nothing was measured/);
  for (const rate of ['2', '-0.1', 'NaN', '', '0x1', '1e9']) {
    assert.match(finding('COBERTURA_XML', report(`line-rate="${rate}"`, packages)), /number from 0 to 1/);
    assert.match(finding('COBERTURA_XML', report(`line-rate="0.5" branch-rate="${rate}"`)), /branch-rate of/);
  }
  assert.match(finding('COBERTURA_XML', report('generated="1" clover="4.4"', '<project/>')), /the line-rate of/);
});

test('a DTD may be named, and must not declare anything', () => {
  const bombs: readonly (readonly [MaterialType, string])[] = [
    ['JACOCO_XML', '<!DOCTYPE report [<!ENTITY a "b">]><report/>'],
    ['JACOCO_XML', '<!DOCTYPE report SYSTEM "report.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]><report/>'],
    [
      'COBERTURA_XML',
      '<!DOCTYPE coverage [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><coverage line-rate="1">&c;</coverage>',
    ],
  ];
  for (const [type, document] of bombs) assert.match(finding(type, document), /must not declare anything by itself/);
  const undeclared = '<!DOCTYPE coverage SYSTEM "coverage-04.dtd"><coverage line-rate="1">&c;</coverage>';
  assert.match(finding('COBERTURA_XML', undeclared), /entity/);
});

test('an attribute is read whole, wherever the parser was fed the next part', () => {
  const counters = `${counter('INSTRUCTION', '123456', '654321')}`;
  for (let padding = 0; padding < counters.length + 40; padding += 1) {
    const fill = ' '.repeat((1 << 16) - JACOCO.length - 8 - padding);
    const { annotations } = facts('JACOCO_XML', `${JACOCO}<report>${fill}${counters}</report>`);
    assert.is(annotations['chainloop.material.jacoco.instruction.covered'], '123456', String(padding));
    assert.is(annotations['chainloop.material.jacoco.instruction.missed'], '654321', String(padding));
  }
  assert.match(finding('COBERTURA_XML', `<coverage line-rate="${'1'.repeat(2 << 20)}"/>`), /over 1048576 characters/);
});

test('a million elements in each other are refused before they fill the stack', () => {
  for (const [type, element] of [
    ['JACOCO_XML', '<report>'],
    ['COBERTURA_XML', '<coverage line-rate="1">'],
    ['JUNIT_XML', '<testsuite>'],
  ] as const) {
    assert.match(finding(type, element.repeat(1_000_000)), /nested over 100 levels/);
  }
});

test.run();
