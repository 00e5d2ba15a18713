import { readFile } from 'node:fs/promises';
import { withoutProse } from './prose.ts';

const OPENAPI = '@seriousme/openapi-schema-validator/schemas';
const ASYNCAPI = '@asyncapi/specs/schemas';
const DRAFT_4 = 'ajv-draft-04/dist/refs/json-schema-draft-04.json';

const MODULES = new URL('../../node_modules/', import.meta.url);

/** Generated files of the schemas that OpenAPI and AsyncAPI publish, path to content. */
export async function generateApiSchemas(): Promise<Readonly<Record<string, string>>> {
  const metaschema = await read(DRAFT_4);
  const schemas = {
    'openapi-2.0': fromDraft4(await read(`${OPENAPI}/v2.0/schema.json`), metaschema),
    'openapi-3.0': fromDraft4(await read(`${OPENAPI}/v3.0/schema.json`), metaschema),
    'openapi-3.1': await read(`${OPENAPI}/v3.1/schema.json`),
    'openapi-3.2': await read(`${OPENAPI}/v3.2/schema.json`),
    // Without the identifiers, two of which are the same one of JSON Schema itself.
    'asyncapi-2.6': await read(`${ASYNCAPI}/2.6.0-without-$id.json`),
    'asyncapi-3.0': await read(`${ASYNCAPI}/3.0.0-without-$id.json`),
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `src/materials/interface/${name}.gen.json`,
      `${JSON.stringify(withoutProse(schema))}\n`,
    ]),
  );
}

type Schema = Readonly<Record<string, unknown>>;

const read = async (path: string): Promise<Schema> => JSON.parse(await readFile(new URL(path, MODULES), 'utf8'));

const REFERENCE = 'http://json-schema.org/draft-04/schema#';
const OWN_COPY = '#/definitions/draft4';

/**
 * A schema of draft 4 as one of draft 7, which the validator knows: an identifier has another name, a bound is exclusive
 * by a number of its own, and the schema of draft 4 itself comes along for those who refer to it.
 */
function fromDraft4(schema: Schema, metaschema: Schema): Schema {
  const { id: _id, $schema: _draft, ...rest } = convert(schema, (ref) => ref.replace(REFERENCE, OWN_COPY)) as Schema;
  if (!JSON.stringify(rest).includes(OWN_COPY)) return rest;
  const { id: _own, $schema: _own4, ...copy } = convert(metaschema, (ref) => ref.replace('#', OWN_COPY)) as Schema;
  return { ...rest, definitions: { ...(rest.definitions as Schema), draft4: copy } };
}

function convert(value: unknown, reference: (ref: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, reference));
  if (typeof value !== 'object' || value === null) return value;
  const { exclusiveMinimum, minimum, ...others } = value as Schema;
  const bounds = exclusiveMinimum === true ? { exclusiveMinimum: minimum } : definedOnly({ exclusiveMinimum, minimum });
  return Object.fromEntries(
    Object.entries({ ...others, ...bounds }).map(([name, member]) => [
      name,
      name === '$ref' && typeof member === 'string' ? reference(member) : convert(member, reference),
    ]),
  );
}

const definedOnly = (members: Schema): Schema =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
