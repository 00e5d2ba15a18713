import { Command } from 'commander';
import { withWebIdentity } from '../evidence/web-identity.ts';
import { stopSignal } from '../telemetry/signals.ts';
import { type ReceiverOptions, runReceiver } from './main.ts';

/** `proviso receiver`: reads the flags and runs until a signal. */
export async function receiverCommand(args: readonly string[]): Promise<void> {
  const command = withWebIdentity(new Command('proviso receiver'))
    .description('Takes evidence from pipelines over TLS, verifies it, stores it and writes the verdict.')
    .option('--namespace <name>', "Proviso's own namespace", process.env.POD_NAMESPACE ?? 'proviso-system')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port to listen on', Number, 8443)
    .option('--health-port <port>', 'port of /livez, /readyz and /metrics', Number, 8082)
    .option('--kubeconfig <file>', 'default: KUBECONFIG, then the pod')
    .option('--oidc-issuers <file>', 'allowed OIDC issuers, YAML or JSON', process.env.PROVISO_OIDC_ISSUERS)
    .option('--archive <address>', 'sqlite:PATH or postgres://…: keeps finished runs', process.env.PROVISO_ARCHIVE)
    .option(
      '--event-endpoints <origins>',
      'where besides the internet Subscriptions may lead, with commas',
      process.env.PROVISO_EVENT_ENDPOINTS,
    )
    .option('--audit-log-path <file>', 'writes every decision there, - for stdout', process.env.PROVISO_AUDIT_LOG_PATH)
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .parse([...args], { from: 'user' });
  await runReceiver(command.opts<ReceiverOptions>(), stopSignal());
}
