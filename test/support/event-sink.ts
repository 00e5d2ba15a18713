import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type CloudEvent, HTTP } from 'cloudevents';
import { serveTls, type TlsServer } from './tls-server.ts';

/** What an endpoint was told, as the SDK of CloudEvents reads it. */
export interface ToldEvent {
  readonly event: CloudEvent<Readonly<Record<string, unknown>>>;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
}

/** An endpoint that takes events, with an authority of its own. */
export interface EventSink extends Pick<TlsServer, 'url' | 'ca' | 'close'> {
  /** What was taken, in its order. */
  readonly taken: readonly ToldEvent[];
  /** All that came, taken or not. */
  readonly told: readonly ToldEvent[];
  /** The status of the next answers; undefined: it is taken, with 202. */
  answer: (told: ToldEvent, response: ServerResponse) => void;
}

/** Throws, and so answers 500, for what is no CloudEvent to an independent reader. */
export async function startEventSink(): Promise<EventSink> {
  const taken: ToldEvent[] = [];
  const told: ToldEvent[] = [];
  const accept: EventSink['answer'] = (_event, response) => response.writeHead(202).end();
  const server = await serveTls((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      try {
        const event = HTTP.toEvent({ headers: request.headers, body }) as ToldEvent['event'];
        event.validate();
        const each = { event, headers: request.headers, path: request.url ?? '' };
        told.push(each);
        sink.answer(each, response);
        if (response.statusCode < 300) taken.push(each);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
  });
  const sink: EventSink = { url: server.url, ca: server.ca, close: () => server.close(), taken, told, answer: accept };
  return sink;
}
