import type { Crd, SchemaNode } from './crds.ts';
import { withGenerated } from './marked.ts';

const FIELDS = { of: 'fields', from: 'crds/' };

/** The page of each kind with its table of fields as the CRD has it; the rest of a page is written by hand. */
export async function generateDocs(crds: readonly Crd[]): Promise<Readonly<Record<string, string>>> {
  const pages = crds.map(async (crd) => {
    const path = `docs/${crd.kind.toLowerCase()}.md`;
    return [path, await withGenerated(path, FIELDS, fieldTables(crd))] as const;
  });
  return Object.fromEntries(await Promise.all(pages));
}

function fieldTables({ schema }: Crd): string {
  const tables = (['spec', 'status'] as const).map((part) => {
    const rows = [...rowsOf(schema.properties?.[part] ?? {}, '')];
    return `### ${part}\n\n| field | form | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return tables.join('\n');
}

function* rowsOf(node: SchemaNode, path: string): Generator<string> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const own = path === '' ? name : `${path}.${name}`;
    const isRequired = node.required?.includes(name) === true;
    yield `| \`${own}\` | ${formOf(child)}${isRequired ? ', required' : ''} | ${meaningOf(child)} |`;
    // A condition has the same members everywhere.
    if (own === 'conditions') continue;
    yield* rowsOf(child, own);
    if (child.items !== undefined) yield* rowsOf(child.items, `${own}[]`);
  }
}

const meaningOf = ({ description = '', enum: allowed }: SchemaNode): string => {
  const list = allowed === undefined ? '' : ` One of ${allowed.map((value) => `\`${value}\``).join(', ')}.`;
  return `${description}${list}`.replaceAll('|', '\\|');
};

function formOf(node: SchemaNode): string {
  const { type = '', items, maxLength, maxItems, maxProperties, minimum, maximum } = node;
  if (type === 'array') return `list of ${items?.type ?? ''}s, ≤ ${maxItems}`;
  if (maxProperties !== undefined) return `map of strings, ≤ ${maxProperties}`;
  if (node.enum !== undefined) return 'enum';
  if (node.format === 'date-time') return 'time';
  if (maxLength !== undefined) return `string ≤ ${maxLength}`;
  // A bound that only keeps a number exact says nothing to people.
  if (Number(maximum) < 2 ** 31 - 1) return `${type}, ${minimum} to ${maximum}`;
  return minimum === undefined ? type : `${type} ≥ ${minimum}`;
}
