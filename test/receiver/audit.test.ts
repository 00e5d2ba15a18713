import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AuditEntry } from '../../src/api/audit-line.ts';
import { Problem } from '../../src/api/problem.ts';
import { audited, decided } from '../../src/receiver/audit.ts';
import { problemHandler } from '../../src/receiver/respond.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';
import { eventually } from '../support/eventually.ts';

const test = suite('audit of requests');
let server: Server;
let base: string;
let handle: (request: Request, response: Response) => void | Promise<void>;
const noted: AuditEntry[] = [];
test.before(async () => {
  const audit = { note: (entry: AuditEntry) => void noted.push(entry), close: () => {} };
  const app = express();
  app.put('/runs/:run', audited(audit, 'MaterialAdded'), (request, response) => handle(request, response));
  app.put('/opens/:run', audited(audit, 'RunOpened', 'refusals'), (request, response) => handle(request, response));
  app.use(problemHandler(createLogger('test', 'silent'), createReceiverMetrics().requests));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.before.each(() => {
  noted.length = 0;
});
test.after(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
const put = (path: string) => fetch(`${base}${path}`, { method: 'PUT' });

test('what was decided is written before it is answered, with who and what', async () => {
  let before = -1;
  handle = (_request, response) => {
    decided(response, { who: 'alice' });
    decided(response, { what: { digest: 'sha256:1' } });
    before = noted.length;
    response.json({});
  };
  assert.is((await put('/runs/a')).status, 200);
  const entry = { action: 'MaterialAdded', verdict: 'Allowed', who: 'alice', code: undefined };
  assert.equal([before, noted], [0, [{ ...entry, what: { run: 'a', digest: 'sha256:1' } }]]);
});

test('a refusal has its code, and what failed is no refusal', async () => {
  handle = async (_request, response) => {
    decided(response, { who: 'mallory' });
    throw new Problem('contract-not-met', 'no');
  };
  assert.is((await put('/runs/a')).status, 422);
  handle = (_request, response) => {
    decided(response, { who: 'bob' });
    throw new Error('a defect');
  };
  assert.is((await put('/runs/b')).status, 500);
  assert.equal(
    noted.map(({ verdict, code, who }) => [verdict, code, who]),
    [
      ['Refused', 'contract-not-met', 'mallory'],
      ['Failed', 'internal', 'bob'],
    ],
  );
});

test('attack: who goes away before the answer is in the log all the same, once', async () => {
  handle = (_request, response) => {
    decided(response, { who: 'mallory' });
    response.destroy();
  };
  assert.ok(await put('/runs/a').catch((error: unknown) => error));
  await eventually('the line', async () => noted.length > 0);
  assert.equal(
    noted.map(({ verdict, who }) => [verdict, who]),
    [['Failed', 'mallory']],
  );
});

test('attack: who is nobody, or asks too often, fills no disk', async () => {
  handle = () => {
    throw new Problem('token-missing', 'no');
  };
  assert.is((await put('/runs/a')).status, 401);
  handle = (_request, response) => {
    decided(response, { who: 'mallory' });
    throw new Problem('rate-limited', 'later');
  };
  assert.is((await put('/runs/a')).status, 429);
  assert.equal(noted, []);
});

test('with refusals only, what is allowed is told elsewhere', async () => {
  handle = (_request, response) => void response.status(201).end();
  assert.is((await put('/opens/a')).status, 201);
  handle = (_request, response) => {
    decided(response, { who: 'mallory' });
    throw new Problem('submit-forbidden', 'no');
  };
  assert.is((await put('/opens/a')).status, 403);
  assert.equal(
    noted.map(({ verdict, code }) => [verdict, code]),
    [['Refused', 'submit-forbidden']],
  );
});

test.run();
