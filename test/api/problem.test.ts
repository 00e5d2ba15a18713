import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { PROBLEMS } from '../../src/api/problems.ts';

const test = suite('problem');

test('is an RFC 9457 document with a code', () => {
  const problem = new Problem('contract-not-met', '1 of 3 materials is missing', {
    hint: 'add it and push again',
    errors: [{ at: 'sbom', message: 'is missing' }],
  });
  assert.equal(problem.toDocument(), {
    type: 'https://proviso.dev/errors#contract-not-met',
    title: 'The contract is not met',
    status: 422,
    code: 'contract-not-met',
    detail: '1 of 3 materials is missing',
    hint: 'add it and push again',
    errors: [{ at: 'sbom', message: 'is missing' }],
  });
});

test('leaves out what it has nothing to say for, and never says its cause', () => {
  const cause = new Error('password in a message');
  const document = new Problem('internal', 'an error inside the receiver', { cause, retryAfter: 3 }).toDocument();
  assert.equal(Object.keys(document).sort(), ['code', 'detail', 'status', 'title', 'type']);
  assert.not.match(JSON.stringify(document), /password/);
});

test('is an error with a message', () => {
  const problem = new Problem('run-finished', 'run build-1 is finished');
  assert.instance(problem, Error);
  assert.is(problem.message, 'run build-1 is finished');
  assert.is(problem.status, 409);
  assert.equal(problem.errors, []);
});

test('every code is a slug with a 4xx or 5xx status and a title', () => {
  for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(status >= 400 && status <= 599, code);
    assert.match(title, /^[A-Z].*[^.]$/);
  }
});

test.run();
