import type { WebIdentity } from '../evidence/access.ts';
import type { KubeConnection } from '../kube/connect.ts';
import type { AllowedIssuers } from '../oidc/issuers.ts';
import type { PolicyEngines } from '../policy/engines.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OperatorMetrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';

export interface ProvisoOperatorOptions {
  readonly connection: KubeConnection;
  /** Proviso's own namespace. */
  readonly namespace: string;
  /** Where pipelines find the receiver. */
  readonly endpoint: string;
  /** Whose tokens the installation takes. */
  readonly issuers: AllowedIssuers;
  readonly verifierId?: string | undefined;
  /** Whether finished runs stay until they are archived. */
  readonly archivedOnly?: boolean;
  readonly webIdentity?: WebIdentity;
  /** What checks the sources of policies; whoever made them closes them. */
  readonly engines: PolicyEngines;
  /** Reconciles at once, per kind. */
  readonly workers: number;
  /** Unlike that of any other replica. */
  readonly identity: string;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
  /** Absent: decisions are written down nowhere. */
  readonly audit?: AuditLog;
  /** Absent: nobody collects traces. */
  readonly tracing?: Tracing;
  readonly now?: () => Date;
}
