import { type CoveringEngines, createEngines } from '../policy/engines.ts';
import { createLogger } from '../telemetry/log.ts';

/** What evaluates policies at somebody's desk: the same as in the cluster, Rego by the OPA of the PATH. Whoever makes them closes them. */
export const deskEngines = (): CoveringEngines => createEngines(createLogger('proviso', 'silent'));
