import { type Grammar, type GrammarOption, optionsOf, type Place } from './grammar.ts';

/** What could stand where a line ends, with a description where there is one. */
export interface Offer {
  readonly proposals: readonly (readonly [text: string, description: string])[];
  /** Whether the name of a file could stand there too. */
  readonly files: boolean;
}

/** What could stand in the place of the last of the words that follow the program's name. */
export function offerFor(program: Grammar, words: readonly string[]): Offer {
  const current = words.at(-1) ?? '';
  const { command, place, awaited } = placeOf(program, words.slice(0, -1));
  if (awaited !== undefined) return beginning(current, valuesOf(awaited));
  const [, name, value] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  const options = optionsOf(command, program);
  if (name !== undefined && value !== undefined) {
    const taken = options.find(({ names }) => names.includes(name))?.value;
    const { proposals } = beginning(value, valuesOf(taken));
    return { proposals: proposals.map(([text, description]) => [`${name}=${text}`, description]), files: false };
  }
  if (current.startsWith('-')) return beginning(current, { proposals: options.flatMap(namesOf), files: false });
  const below = command.commands.map(({ name: text, description }) => [text, description] as const);
  if (below.length > 0) return beginning(current, { proposals: below, files: false });
  const last = command.places.at(-1);
  return beginning(current, valuesOf(command.places[place] ?? (last?.variadic ? last : undefined)));
}

/** Where a line stands after these words, and what it waits for if the last is an option that takes a value. */
function placeOf(program: Grammar, words: readonly string[]) {
  let command = program;
  let place = 0;
  let awaited: Place | undefined;
  for (const word of words) {
    if (awaited !== undefined) awaited = undefined;
    else if (word.startsWith('-'))
      awaited = optionsOf(command, program).find(({ names }) => names.includes(word))?.value;
    else {
      const below = command.commands.find(({ name }) => name === word);
      place = below === undefined ? place + 1 : 0;
      command = below ?? command;
    }
  }
  return { command, place, awaited };
}

const namesOf = ({ names, description }: GrammarOption) => names.map((name) => [name, description] as const);

const valuesOf = (place: Place | undefined): Offer => ({
  proposals: (place?.choices ?? []).map((choice) => [choice, place?.description ?? '']),
  files: place?.file ?? false,
});

const beginning = (text: string, { proposals, files }: Offer): Offer => ({
  proposals: proposals.filter(([word]) => word.startsWith(text)),
  files,
});

/** Directives of cobra, by which kubectl asks plugins: https://pkg.go.dev/github.com/spf13/cobra#ShellCompDirective */
const DIRECTIVE = { files: 0, noFiles: 4 } as const;

/** The same as kubectl reads it of a plugin: a line for each, description after a tab, and a directive at the end. */
export function pluginAnswer(program: Grammar, words: readonly string[]): string {
  const { proposals, files } = offerFor(program, words);
  const lines = proposals.map(([text, description]) => (description === '' ? text : `${text}\t${description}`));
  return [...lines, `:${files ? DIRECTIVE.files : DIRECTIVE.noFiles}`].join('\n');
}
