import type { UnknownRecord } from '../../api/record.ts';
import type { PolicyMaterial, PolicyQuery } from '../evaluation.ts';
import { writtenJson } from '../written-json.ts';

/**
 * The `input` of a policy as Chainloop's policies expect it, as JSON: the content at the root, an array as `elements`, beside it
 * `args` and `chainloop_metadata`, which the content can't set: of two members of a name OPA takes the last. Undefined for content
 * that is neither object nor array.
 */
export function regoInput({ input, inputs, material, run }: PolicyQuery): string | undefined {
  const content = Buffer.from(writtenJson(input).bytes.buffer).toString('utf8').trim();
  const others = JSON.stringify({
    args: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, argument(value)])),
    chainloop_metadata: {
      ...(material === undefined ? {} : descriptor(material)),
      ...(run.project === undefined ? {} : { project_name: run.project }),
    },
  }).slice(1);
  if (content.startsWith('[')) return `{"elements":${content},${others}`;
  if (!content.startsWith('{')) return undefined;
  const members = content.slice(1, -1).trim();
  return members === '' ? `{${others}` : `{${members},${others}`;
}

/** A ResourceDescriptor of in-toto. */
const descriptor = ({ name, type, digest, annotations }: PolicyMaterial): UnknownRecord => {
  const [algorithm = '', value = ''] = digest.split(':');
  return {
    name,
    digest: { [algorithm]: value },
    annotations: { ...annotations, 'chainloop.material.name': name, 'chainloop.material.type': type },
  };
};

/**
 * One value is a text, several are an array: one a line, or in a single line between commas, `\,` for a comma that is meant.
 * Undefined where there is none, so that `input.args` has no such member.
 */
function argument(text: string): string | readonly string[] | undefined {
  const lines = valuesOf(text.split('\n'));
  if (lines.length > 1) return lines;
  const values = valuesOf((lines[0] ?? '').split(/(?<!\\),/).map((value) => value.replaceAll('\\,', ',')));
  return values.length > 1 ? values : values[0];
}

const valuesOf = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => text.trim()).filter((text) => text !== '');
