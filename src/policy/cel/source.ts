import { excerpt } from '../../api/excerpt.ts';
import { nearest } from '../../api/nearest.ts';
import { parseYaml } from '../../materials/yaml-document.ts';
import type { SourceFinding } from '../evaluation.ts';
import { collectFindings, type Report } from './findings.ts';
import { LocatedError, type LocatedNode, type LocatedText, locate } from './located-yaml.ts';

/** A CEL policy as it was written, before anything is known of its expressions. */
export interface CelSource {
  readonly variables: readonly SourceVariable[];
  readonly skip: readonly SourceSkip[];
  readonly validations: readonly SourceValidation[];
}

export interface SourceVariable {
  readonly name: LocatedText;
  readonly expression: LocatedText;
}

export interface SourceSkip {
  readonly expression: LocatedText;
  readonly reason: LocatedText;
}

export interface SourceValidation {
  readonly expression: LocatedText;
  readonly forEach?: LocatedText;
  readonly message?: LocatedText;
  readonly messageExpression?: LocatedText;
  readonly subjectExpression?: LocatedText;
  readonly findingExpression?: LocatedText;
}

export type SourceReading =
  | { readonly ok: true; readonly source: CelSource }
  | { readonly ok: false; readonly findings: readonly SourceFinding[] };

const MAX_SOURCE = 256 << 10;
const IDENTIFIER = /^[A-Za-z_]\w*$/;
const LISTS = {
  variables: { required: ['name', 'expression'], optional: [] },
  skip: { required: ['expression', 'reason'], optional: [] },
  validations: {
    required: ['expression'],
    optional: ['forEach', 'message', 'messageExpression', 'subjectExpression', 'findingExpression'],
  },
} as const;

/** Reads the YAML of a policy: `variables`, `skip` and `validations`. */
export function readSource(written: string): SourceReading {
  // Half a character has no bytes; the parser would read something else than the one of materials.
  const text = written.toWellFormed();
  const refused = (...findings: readonly SourceFinding[]): SourceReading => ({ ok: false, findings });
  if (text.length > MAX_SOURCE) return refused({ message: `a policy has at most ${MAX_SOURCE >> 10} KB` });
  const yaml = parseYaml(Buffer.from(text));
  if (!yaml.ok) return refused(yamlFinding(yaml));
  const { findings, report } = collectFindings(text);
  try {
    const root = locate(text);
    const lists = listsOf(root, report);
    const source: CelSource = {
      variables: itemsOf<SourceVariable>('variables', lists, report),
      skip: itemsOf<SourceSkip>('skip', lists, report),
      validations: itemsOf<SourceValidation>('validations', lists, report),
    };
    checkNames(source.variables, report);
    if (findings.length === 0) for (const each of source.validations) checkMessage(each, report);
    if (findings.length === 0 && source.validations.length === 0) {
      report(root?.start ?? 0, "there is nothing that the policy wants: 'validations' must have at least one element");
    }
    return findings.length === 0 ? { ok: true, source } : refused(...findings);
  } catch (error) {
    if (!(error instanceof LocatedError)) throw error;
    report(error.offset, error.message);
    return refused(...findings);
  }
}

function yamlFinding({ at, message }: { readonly at: string; readonly message: string }): SourceFinding {
  const [, line = '1', column = '1'] = /^line (\d+), column (\d+)$/.exec(at) ?? [];
  return { line: Number(line), column: Number(column), message };
}

function listsOf(root: LocatedNode | undefined, report: Report): ReadonlyMap<string, LocatedNode> {
  const names = Object.keys(LISTS);
  if (root?.kind !== 'map') {
    report(root?.start ?? 0, `a policy is a map with the members ${names.join(', ')}`);
    return new Map();
  }
  for (const { name, start } of root.members) if (!names.includes(name)) report(start, unknownMember(name, names));
  return new Map(root.members.map(({ name, value }) => [name, value]));
}

/** What the list declares is what the elements have: the types of both are written here side by side. */
function itemsOf<Item>(
  list: keyof typeof LISTS,
  lists: ReadonlyMap<string, LocatedNode>,
  report: Report,
): readonly Item[] {
  const node = lists.get(list);
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    report(node.start, `'${list}' must be a list`);
    return [];
  }
  const { required, optional } = LISTS[list];
  const names: readonly string[] = [...required, ...optional];
  return node.items.flatMap((item) => {
    if (item.kind !== 'map') {
      report(item.start, `each element of '${list}' is a map with the members ${names.join(', ')}`);
      return [];
    }
    const members = new Map<string, LocatedText>();
    for (const { name, start, value } of item.members) {
      if (!names.includes(name)) report(start, unknownMember(name, names));
      else if (value.kind !== 'text') report(value.start, `'${name}' must be text; put quotes around it`);
      else if (value.text.trim() === '') report(start, `'${name}' must not be empty`);
      else members.set(name, value);
    }
    const missing = required.filter((name) => !item.members.some((member) => member.name === name));
    if (missing.length > 0) report(item.start, `${missing.map((name) => `'${name}'`).join(' and ')} is missing`);
    return required.every((name) => members.has(name)) ? [Object.fromEntries(members) as Item] : [];
  });
}

function unknownMember(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return `there is no member '${excerpt(name)}'${meant === undefined ? `, but ${names.join(', ')}` : `; is '${meant}' meant?`}`;
}

function checkNames(variables: readonly SourceVariable[], report: Report): void {
  const seen = new Set<string>();
  for (const { name } of variables) {
    if (!IDENTIFIER.test(name.text)) report(name.start, 'the name of a variable is made of letters, digits and _');
    if (seen.has(name.text)) report(name.start, `there is a variable '${excerpt(name.text)}' already`);
    seen.add(name.text);
  }
}

function checkMessage({ expression, message, messageExpression }: SourceValidation, report: Report): void {
  if (message !== undefined && messageExpression !== undefined) {
    report(messageExpression.start, "there is a 'message' and a 'messageExpression'; keep one of them");
  }
  if (message === undefined && messageExpression === undefined) {
    report(
      expression.start,
      "a 'message' or a 'messageExpression' is missing, to say what is wrong where this is false",
    );
  }
}
