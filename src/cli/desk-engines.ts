import { celHere } from '../policy/cel/here.ts';
import type { PolicyEngines } from '../policy/engines.ts';
import { createRegoEngine } from '../policy/rego/engine.ts';
import { createLogger } from '../telemetry/log.ts';

/** What evaluates policies at somebody's desk, with what lies there: CEL in this process, Rego by the OPA of the PATH. */
export const deskEngines = (): PolicyEngines => ({
  CEL: celHere,
  Rego: createRegoEngine({ log: createLogger('proviso', 'silent') }),
});
