import { readFile } from 'node:fs/promises';
import { withGenerated } from './marked.ts';

const VALUES = 'charts/proviso/values.yaml';
const PAGE = 'charts/proviso/README.md';

/** A line of `values.yaml`: what it sets, and what the comment right above it says. */
export interface ChartValue {
  /** `receiver.service.port` */
  readonly path: string;
  /** As it stands there; empty where other values are below it. */
  readonly value: string;
  readonly comment: string;
}

/** The chart's page with all its values, as the comments have it. */
export async function generateChartValues(): Promise<Readonly<Record<string, string>>> {
  const values = chartValues(await readFile(new URL(`../../${VALUES}`, import.meta.url), 'utf8'));
  return { [PAGE]: await withGenerated(PAGE, { of: 'values', from: VALUES }, tableOf(values)) };
}

/**
 * Every value in its order. The file is written so that it can be read line by line: a comment of one line above each
 * value, lists and small maps in one line. Throws where it isn't.
 */
export function chartValues(text: string): readonly ChartValue[] {
  const found: ChartValue[] = [];
  const parents: string[] = [];
  let comment = '';
  for (const [index, line] of text.split('\n').entries()) {
    const fail = (why: string): never => {
      throw new Error(`${VALUES}:${index + 1} ${why}: ${line}`);
    };
    const said = /^ *# (.+)$/.exec(line)?.[1];
    const [, indent = '', name = '', value = ''] = /^( *)([A-Za-z0-9]+):(?: (.+))?$/.exec(line) ?? [];
    if (said !== undefined) comment = said;
    else if (name !== '') {
      if (value !== '' && comment === '') fail('has no comment');
      parents.splice(indent.length / 2);
      parents.push(name);
      found.push({ path: parents.join('.'), value, comment });
      comment = '';
    } else if (line.trim() !== '') fail('is neither a comment nor a value in one line');
  }
  return found;
}

function tableOf(values: readonly ChartValue[]): string {
  const rows = values.map(({ path, value, comment }) => {
    const name = value === '' ? `**\`${path}\`**` : `\`${path}\``;
    const shown = value === '' || value === '""' ? '' : `\`${value}\``;
    return `| ${name} | ${shown} | ${comment} |`.replaceAll(/(?<=\S)\|(?=\S)/g, '\\|');
  });
  return `| value | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}
