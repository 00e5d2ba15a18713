import { createRegoEngine } from '../../../src/policy/rego/engine.ts';
import { createLogger } from '../../../src/telemetry/log.ts';
import { ENDLESS, queryOf } from './engine.ts';

/** Evaluates a policy that doesn't end by the program that is given, until it is killed. */
const [, , program = ''] = process.argv;
const engine = createRegoEngine({ program, log: createLogger('rego', 'silent'), timeoutMs: 1500 });
await engine.evaluate('endless', ENDLESS, queryOf({}));
