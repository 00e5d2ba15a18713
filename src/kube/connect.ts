import { KubeConfig } from '@kubernetes/client-node';
import type { KubeClient } from './client.ts';
import { type CredentialSource, credentialsOf } from './credentials.ts';
import { createKubeClient } from './rest.ts';
import { createTransport, type ExchangeObserver, type Transport } from './transport.ts';

/** The API server, by single calls and by streams, over one pool of connections. */
export interface KubeConnection {
  readonly client: KubeClient;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  /** What the context of the kubeconfig says; absent: nothing. */
  readonly namespace?: string;
}

/** Connects by the kubeconfig file that is given, or as every client of a cluster does: KUBECONFIG, home, in-cluster. */
export function connect(kubeconfig?: string, onExchange?: ExchangeObserver): KubeConnection {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  return connectWith(config, onExchange);
}

export function connectWith(config: KubeConfig, onExchange?: ExchangeObserver): KubeConnection {
  const credentials = credentialsOf(config);
  const transport = createTransport(credentials, onExchange);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    ...{ transport, credentials, client: createKubeClient(transport) },
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  };
}
