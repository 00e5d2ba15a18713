/** `{{ inputs.name }}`, with a dot in front as Chainloop's groups may have it. */
const PLACE = /\{\{\s*\.?inputs\.([A-Za-z_]\w*)\s*\}\}/g;
const OPENING = '{{';

/** What is wrong with a text that may have templates of inputs, none of whose names is unknown. */
export function templateProblem(text: string, names: readonly string[]): string | undefined {
  const unknown = [...text.matchAll(PLACE)].map(([, name = '']) => name).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    return `the group has no input '${unknown}'; it has ${names.length === 0 ? 'none' : names.join(', ')}`;
  }
  if (!text.replace(PLACE, '').includes(OPENING)) return undefined;
  return `'${OPENING}' begins no template; write {{ inputs.NAME }}`;
}

/** Whether a text is another one once inputs are filled in. */
export const hasTemplates = (text: string): boolean => text.search(PLACE) !== -1;

/** Fills in inputs, once: what looks like a template in a value stays. One that isn't given is empty. */
export const bindTemplates = (text: string, inputs: ReadonlyMap<string, string>): string =>
  text.replace(PLACE, (_, name: string) => inputs.get(name) ?? '');
