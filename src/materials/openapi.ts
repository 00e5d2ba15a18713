import { interfaceDocument } from './interface/document.ts';
import openapi20 from './interface/openapi-2.0.gen.json' with { type: 'json' };
import openapi30 from './interface/openapi-3.0.gen.json' with { type: 'json' };
import openapi31 from './interface/openapi-3.1.gen.json' with { type: 'json' };
import openapi32 from './interface/openapi-3.2.gen.json' with { type: 'json' };

/** OPENAPI_SPEC: OpenAPI 2.0 (Swagger) to 3.2, each against its own schema. */
export const openapi = interfaceDocument('OPENAPI_SPEC', {
  name: 'OpenAPI',
  members: ['openapi', 'swagger'],
  schemas: { '2.0': openapi20, '3.0': openapi30, '3.1': openapi31, '3.2': openapi32 },
  mediaType: 'application/vnd.oai.openapi',
});
