import { excerpt } from '../api/excerpt.ts';
import { asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { interfaceDocument } from './interface/document.ts';

/** ASYNCAPI_SPEC: AsyncAPI 2.6 and 3.0, each against its own schema. */
export const asyncapi = interfaceDocument('ASYNCAPI_SPEC', {
  name: 'AsyncAPI',
  members: ['asyncapi'],
  schemas: {
    '2.6': 'interface/asyncapi-2.6',
    '3.0': 'interface/asyncapi-3.0',
  },
  mediaType: 'application/vnd.aai.asyncapi',
  facts: protocolFacts,
  moreFacts: ['api.protocol'],
});

/** The protocol of the first server in the document that names one. */
function protocolFacts({ servers }: UnknownRecord): Readonly<Record<string, string>> {
  const protocols = Object.values(asRecord(servers) ?? {}).map((server) => asText(asRecord(server)?.protocol));
  const protocol = protocols.find((name) => name !== undefined);
  return protocol === undefined ? {} : { 'chainloop.material.api.protocol': excerpt(protocol, 200) };
}
