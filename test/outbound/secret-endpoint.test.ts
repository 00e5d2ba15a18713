import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Secret, secretData } from '../../src/api/secret.ts';
import {
  ENDPOINT_SECRET_TYPE,
  type Endpoint,
  readEndpoint,
  withoutSecrets,
} from '../../src/outbound/secret-endpoint.ts';

const test = suite('endpoints in Secrets');
const REF = { secretRef: { name: 'sink' } };
const URL_TEXT = 'https://sink.example.com/hooks/T0K3N?key=s3cr3t';

const secretOf = (texts: Readonly<Record<string, string>>, type: string = ENDPOINT_SECRET_TYPE): Secret => ({
  metadata: { name: 'sink' },
  type,
  data: secretData(texts),
});
const said = (secret: Secret | undefined): string => {
  const reading = readEndpoint(REF, secret);
  return reading.ok ? 'taken' : `${reading.missing ? 'missing' : 'invalid'}: ${reading.message}`;
};
const endpoint = (texts: Readonly<Record<string, string>>): Endpoint => {
  const reading = readEndpoint(REF, secretOf(texts));
  if (!reading.ok) throw new Error(reading.message);
  return reading.endpoint;
};

test('address and headers are read', () => {
  const { url, headers } = endpoint({ url: `${URL_TEXT}\n`, 'header.Authorization': 'Bearer t0ken\n', other: 'x' });
  assert.equal([url.href, headers], [URL_TEXT, { authorization: 'Bearer t0ken' }]);
});

test('attack: a Secret that is not meant to be sent anywhere', () => {
  for (const type of ['Opaque', 'kubernetes.io/tls', 'kubernetes.io/service-account-token', '']) {
    assert.match(said(secretOf({ url: URL_TEXT }, type)), /^invalid: .*not meant to be sent/);
  }
});

test('what is missing or wrong is told, and nothing of what is in there', () => {
  assert.match(said(undefined), /^missing: there is no Secret sink; create it with --type=proviso\.dev\/endpoint/);
  assert.match(said(secretOf({ 'header.Authorization': 'x' })), /^missing: .*no key 'url'/);
  for (const texts of [
    ...[{ url: 'T0K3N' }, { url: 'ftp://T0K3N' }, { url: 'https://u:T0K3N@sink.example.com' }],
    ...[
      { url: URL_TEXT, 'header.Host': 'T0K3N' },
      { url: URL_TEXT, 'header.Content-Length': '5' },
    ],
    ...[
      { url: URL_TEXT, 'header.X-A': 'a\r\nX-B: T0K3N' },
      { url: URL_TEXT, 'header.a b': 'T0K3N' },
    ],
    ...[
      { url: URL_TEXT, 'header.ce-id': 'T0K3N' },
      { url: URL_TEXT, 'ca.crt': 'T0K3N' },
    ],
  ]) {
    assert.match(said(secretOf(texts as never)), /^invalid: the Secret sink: 'u?/, JSON.stringify(texts));
    assert.not.match(said(secretOf(texts as never)), /T0K3N/);
  }
});

test('attack: an endpoint that repeats what it was sent', () => {
  const known = endpoint({ url: URL_TEXT, 'header.Authorization': 'Bearer t0ken-t0ken' });
  const echo = `GET /hooks/T0K3N?key=s3cr3t: no 't0ken-t0ken' (Bearer t0ken-t0ken)\u001b[2J\n at ${URL_TEXT}`;
  const text = withoutSecrets(echo, known);
  for (const part of ['T0K3N', 's3cr3t', 't0ken', '\u001b', '\n']) assert.not(text.includes(part), part);
  assert.match(text, /^GET \[redacted\]: no '\[redacted\]'/);
});

test.run();
