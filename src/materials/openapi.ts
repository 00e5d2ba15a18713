import { interfaceDocument } from './interface/document.ts';

/** OPENAPI_SPEC: OpenAPI 2.0 (Swagger) to 3.2, each against its own schema. */
export const openapi = interfaceDocument('OPENAPI_SPEC', {
  name: 'OpenAPI',
  members: ['openapi', 'swagger'],
  schemas: {
    '2.0': 'interface/openapi-2.0',
    '3.0': 'interface/openapi-3.0',
    '3.1': 'interface/openapi-3.1',
    '3.2': 'interface/openapi-3.2',
  },
  mediaType: 'application/vnd.oai.openapi',
});
