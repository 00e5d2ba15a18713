import { Command, InvalidArgumentError } from 'commander';
import { withWebIdentity } from '../evidence/web-identity.ts';
import { stopSignal } from '../telemetry/signals.ts';
import { type OperatorOptions, runOperator } from './main.ts';

/** `proviso operator`: reads the flags and runs until a signal. */
export async function operatorCommand(args: readonly string[]): Promise<void> {
  const command = withWebIdentity(new Command('proviso operator'))
    .description(
      'Reconciles Proviso resources: provisions identities, marks deadlines, keeps history and certificates.',
    )
    .option('--namespace <name>', "Proviso's own namespace", process.env.POD_NAMESPACE ?? 'proviso-system')
    .option('--endpoint <url>', 'where pipelines find the receiver (default: its Service)')
    .option('--verifier-id <uri>', 'who signed statements say has verified (default: named after the cluster)', uri)
    .option('--health-port <port>', 'port of /livez, /readyz and /metrics', Number, 8081)
    .option('--workers <count>', 'reconciles at once, per kind', Number, 8)
    .option('--archived-only', 'remove finished runs over the limit only once the receiver has archived them')
    .option('--kubeconfig <file>', 'default: KUBECONFIG, then the pod')
    .option('--oidc-issuers <file>', 'allowed OIDC issuers, YAML or JSON', process.env.PROVISO_OIDC_ISSUERS)
    .option('--audit-log-path <file>', 'writes every decision there, - for stdout', process.env.PROVISO_AUDIT_LOG_PATH)
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .parse([...args], { from: 'user' });
  const options = command.opts<Omit<OperatorOptions, 'endpoint'> & { readonly endpoint?: string }>();
  const endpoint = options.endpoint ?? `https://proviso-receiver.${options.namespace}.svc`;
  await runOperator({ ...options, endpoint }, stopSignal());
}

/** Statements name things below it, so it has to be one. */
function uri(text: string): string {
  if (URL.canParse(text) && !text.endsWith('/')) return text;
  throw new InvalidArgumentError(
    'it must be a URI without a slash at its end, such as https://example.com/clusters/prod',
  );
}
