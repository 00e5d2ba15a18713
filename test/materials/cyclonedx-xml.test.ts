import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { facts, finding } from './inspect.ts';

const test = suite('CycloneDX in XML');

const bom = (inner: string, version = '1.6', attributes = 'version="1"') =>
  `<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/${version}" ${attributes}>\n${inner}</bom>`;
const components = (inner: string) => `<components><component type="library">${inner}</component></components>`;
const NAMED = '<name>a</name><version>1</version>';
const refused = (document: string) => finding('SBOM_CYCLONEDX_JSON', document);

test('each version against its own schema, by its namespace', () => {
  const lifecycles = '<metadata><lifecycles><lifecycle><phase>build</phase></lifecycle></lifecycles></metadata>';
  for (const version of ['1.5', '1.6', '1.7']) facts('SBOM_CYCLONEDX_JSON', bom(lifecycles, version));
  assert.match(refused(bom(lifecycles, '1.4')), /^line 3, .*<lifecycles> may not stand here in <metadata>/);
  for (const version of ['1.3', '1.8', '2.0', '', 'constructor']) {
    assert.match(
      refused(bom('', version)),
      /^line 2, .*the namespace must be .* and one of 1\.4, 1\.5, 1\.6, 1\.7, not/,
    );
  }
  assert.match(refused('<bom version="1"/>'), /the namespace must be/);
  assert.match(refused('<sbom/>'), /the root of a CycloneDX SBOM is <bom>, not <sbom>/);
});

test('with a prefix, and with what another vocabulary adds', () => {
  const prefixed = `<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.6" version="1"><c:components><c:component type="library">
    <c:name>a</c:name></c:component></c:components></c:bom>`;
  facts('SBOM_CYCLONEDX_JSON', prefixed);
  const other = '<x:note xmlns:x="https://example.com" y="1"><x:deep>text<name/></x:deep></x:note>';
  facts('SBOM_CYCLONEDX_JSON', bom(components(`${NAMED}${other}`)));
  assert.match(refused(bom(components('<x:name>a</x:name>'))), /unbound namespace prefix/);
  assert.match(refused(bom(components(`${NAMED}<note xmlns=""/>`))), /<note> may not stand here/);
});

test('order, what is missing, and what may hold text', () => {
  assert.match(
    refused(bom(components('<version>1</version><name>a</name>'))),
    /<version> may not stand here in <component>/,
  );
  assert.match(refused(bom(components('<version>1</version>'))), /expected .*<name>/);
  assert.match(refused(bom(components(''))), /<component> ends too early: expected .*<name>/);
  assert.match(
    refused(bom('<components><component><name>a</name></component></components>')),
    /lacks the attribute 'type'/,
  );
  assert.match(refused(bom(components(`${NAMED}<name>b</name>`))), /<name> may not stand here/);
  assert.match(refused(bom(components(`stray${NAMED}`))), /<component> holds elements and no text/);
  assert.match(refused(bom(components(`<![CDATA[stray]]>${NAMED}`))), /<component> holds elements and no text/);
  assert.match(refused(bom(components('<name><b/></name>'))), /<b> may not stand here in <name>: expected its end/);
});

test('values: enumerations, patterns, numbers, times, licenses', () => {
  const hash = (alg: string, text: string) => `${NAMED}<hashes><hash alg="${alg}">${text}</hash></hashes>`;
  const license = (id: string) => `${NAMED}<licenses><license><id>${id}</id></license></licenses>`;
  facts('SBOM_CYCLONEDX_JSON', bom(components(`${hash('SHA-256', 'a'.repeat(64))}`)));
  facts('SBOM_CYCLONEDX_JSON', bom(components(license('MIT'))));
  facts('SBOM_CYCLONEDX_JSON', bom('<metadata><timestamp> 2026-11-28T01:00:00Z </timestamp></metadata>'));
  assert.match(
    refused(bom(components(hash('ROT-13', 'a'.repeat(64))))),
    /the attribute 'alg' of <hash> must be one of/,
  );
  assert.match(refused(bom(components(hash('SHA-1', 'xyz')))), /the text of <hash> must match the pattern/);
  assert.match(refused(bom(components(hash('SHA-1', `${'x'.repeat(1 << 17)}${'a'.repeat(40)}`)))), /at most 4096/);
  assert.match(refused(bom(components(license('Mine')))), /the text of <id> must be an identifier from the SPDX/);
  assert.match(refused(bom('<metadata><timestamp>yesterday</timestamp></metadata>')), /must be of the type dateTime/);
  assert.match(refused(bom('', '1.6', 'version="0"')), /'version' of <bom> must be of the type positiveInteger/);
  assert.match(refused(bom('', '1.6', 'version="1" serialNumber="1"')), /'serialNumber' of <bom> must match/);
  facts('SBOM_CYCLONEDX_JSON', bom(components(NAMED).replace('type', 'note="a" type')));
  assert.match(refused(bom(components(hash('SHA-1" note="a', 'a'.repeat(40))))), /'note' of <hash> is not known here/);
});

test('facts: main component, tools of both forms, vulnerabilities', () => {
  const main = `<component type="application"><group>g</group><name> shop </name><version>1.4</version>
    <components><component type="library"><name>inner</name></component></components></component>`;
  const { annotations } = facts(
    'SBOM_CYCLONEDX_JSON',
    bom(
      `<metadata><tools><components><component type="application"><name>t</name><version><![CDATA[2]]></version>
      </component></components></tools>${main}</metadata><vulnerabilities><vulnerability><id>CVE-1</id></vulnerability>
      </vulnerabilities>`,
    ),
  );
  assert.is(annotations['chainloop.material.sbom.main_component.name'], 'shop');
  assert.is(annotations['chainloop.material.sbom.main_component.version'], '1.4');
  assert.is(annotations['chainloop.material.tools'], '["t@2"]');
  assert.is(annotations['chainloop.material.sbom.vulnerabilities_report'], 'true');
  const older = facts('SBOM_CYCLONEDX_JSON', bom('<metadata><tools><tool><name>old</name></tool></tools></metadata>'));
  assert.is(older.annotations['chainloop.material.tools'], '["old"]');
});

test('bombs and other encodings', () => {
  const laughs = '<!DOCTYPE bom [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>';
  assert.match(refused(`${laughs}<bom xmlns="http://cyclonedx.org/schema/bom/1.6">&b;</bom>`), /document type/);
  const nested = '<components><component type="library"><name>a</name>';
  assert.match(refused(bom(nested.repeat(500_000))), /nested over 100 levels/);
  assert.match(refused(bom(`<!--${'-x'.repeat(1 << 20)}-->`)), /has over 1048576 characters/);
  const utf16 = Buffer.from(`\uFEFF${bom(components(NAMED)).replace('1.0"', '1.0" encoding="utf-16"')}`, 'utf16le');
  facts('SBOM_CYCLONEDX_JSON', utf16);
});

test('the time grows with the size, and not with its square', () => {
  const seconds = (count: number): number => {
    const one = '<component type="library"><name>a</name><version>1</version><purl>pkg:npm/a@1</purl></component>';
    const document = bom(`<components>${one.repeat(count)}</components>`);
    const started = process.cpuUsage().user;
    facts('SBOM_CYCLONEDX_JSON', document);
    return (process.cpuUsage().user - started) / 1e6;
  };
  seconds(1000);
  const small = seconds(1000);
  const large = seconds(16_000);
  assert.ok(large < 16 * Math.max(small, 0.02) * 4, `${small} s for 1,000, ${large} s for 16,000`);
});

test.run();
