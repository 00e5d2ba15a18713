import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isPublicAddress } from '../../src/outbound/addresses.ts';
import { endpointRules } from '../../src/outbound/endpoints.ts';

const test = suite('endpoints that tenants give');

const said = (entries: readonly string[], url: string, address: string): string => {
  const verdict = endpointRules(entries)(new URL(url));
  return verdict.ok ? (verdict.refusal(address) ?? 'asked') : verdict.message;
};

test('attack: addresses that are not of the internet, in every way to write them', () => {
  for (const address of [
    ...['127.0.0.1', '10.96.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1'],
    ...['169.254.169.254', '100.100.100.200', '168.63.129.16', '198.18.0.1', '192.0.2.1'],
    ...[
      '::1',
      '::',
      'fd00::1',
      'fe80::1',
      'fd00:ec2::254',
      'ff02::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '64:ff9b::7f00:1',
    ],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::127.0.0.1'],
  ]) {
    assert.is(isPublicAddress(address), false, address);
    assert.match(said([], 'https://sink.example', address), /is no address of the internet|is never asked/, address);
  }
  for (const address of ['93.184.215.14', '172.32.0.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c']) {
    assert.is(said([], 'https://sink.example', address), 'asked');
  }
});

test('attack: no TLS, other protocols, and credentials in the address', () => {
  assert.match(said([], 'http://sink.example', '93.184.215.14'), /^only https:\/\/ is asked, and this is http:\/\//);
  assert.match(said([], 'file:///etc/passwd', '93.184.215.14'), /^only https/);
  assert.match(said(['https://sink.example'], 'https://u:p@sink.example', '93.184.215.14'), /no user and no password/);
});

test('what is listed may be asked where it is, and nothing beside it', () => {
  const entries = ['http://broker.events.svc.cluster.local', 'https://*.corp.example:8443', 'https://10.0.0.7:*'];
  for (const url of [
    ...['http://broker.events.svc.cluster.local/default', 'http://BROKER.events.svc.cluster.local:80'],
    ...['https://a.corp.example:8443', 'https://a.b.corp.example:8443/x', 'https://10.0.0.7', 'https://10.0.0.7:9'],
  ]) {
    assert.is(said(entries, url, '10.0.0.7'), 'asked', url);
  }
  for (const url of [
    ...['http://broker.events.svc.cluster.local:8080', 'http://broker.events.svc.cluster.local.evil.example'],
    ...['https://corp.example:8443', 'https://evilcorp.example:8443', 'https://a.corp.example', 'http://10.0.0.7'],
  ]) {
    assert.is.not(said(entries, url, '10.0.0.7'), 'asked', url);
  }
});

test('attack: what is listed leads to where clouds keep credentials', () => {
  assert.match(said(['https://*.corp.example'], 'https://x.corp.example', '169.254.169.254'), /is never asked/);
});

test('an entry that is none is told', () => {
  for (const entry of ['*', 'https://*', 'corp.example', 'https://a/b', 'https://', 'ftp://a', 'https://a.*.b', '']) {
    assert.throws(() => endpointRules([entry]), /is no origin that could be allowed/, entry);
  }
});

test.run();
