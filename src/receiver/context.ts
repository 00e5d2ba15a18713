import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Waiver, WorkflowRun } from '../api/types.gen.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { Store } from '../kube/store.ts';
import type { PolicyEngines } from '../policy/engines.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Logger } from '../telemetry/log.ts';
import type { ReceiverMetrics } from '../telemetry/receiver-metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Archive } from './archive.ts';
import type { Access } from './auth/access.ts';
import type { Authenticated } from './auth/review.ts';
import type { Checks } from './checks/checks.ts';
import type { Contracts } from './contracts.ts';
import type { ControlPlane } from './control-plane.ts';
import type { MemoryBudget } from './memory.ts';
import type { RecordMaterials } from './record-materials.ts';
import type { SigningAuthority } from './signing-authority.ts';
import type { Stores } from './stores.ts';
import type { TrustRoots } from './trust-roots.ts';

/** What every route works with. */
export interface ReceiverContext {
  readonly client: KubeClient;
  /** Who calls. Takes the request from what the identity may send, and for its time from what it may have under way. */
  readonly authenticate: (request: IncomingMessage, response: ServerResponse) => Promise<Authenticated>;
  readonly memory: MemoryBudget;
  /** What callers from outside may have of it, all together. */
  readonly memoryOutside: MemoryBudget;
  readonly checks: Checks;
  readonly engines: PolicyEngines;
  readonly access: Access;
  readonly contracts: Contracts;
  readonly stores: Stores;
  readonly signing: SigningAuthority;
  readonly trustRoots: TrustRoots;
  readonly controlPlane: ControlPlane;
  /**
   * Runs as the watch has them, with the indexes `digest` of what a store has, `mentioned`, and `owner` by the uid of the pipeline; a
   * moment behind.
   */
  readonly runs: Store<WorkflowRun>;
  /**
   * As the watch has them, with the index `namespace`; a moment behind, and none while the watch hears nothing. What holds,
   * `waiversFor` says.
   */
  readonly waivers: Store<Waiver>;
  readonly recordMaterials: RecordMaterials;
  readonly archive: Archive;
  readonly events: EventRecorder;
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly metrics: ReceiverMetrics;
  readonly tracing: Tracing;
}
