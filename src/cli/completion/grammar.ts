import type { Argument, Command, Option } from 'commander';

/** What a command line is made of, read from the program: what completion and the manual page are written from. */
export interface Grammar {
  readonly name: string;
  /** The names from the program on: `proviso archive runs`. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly GrammarOption[];
  readonly places: readonly Place[];
  readonly commands: readonly Grammar[];
}

export interface GrammarOption {
  /** As it is typed, the short form first: `-w`, `--workflow`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent: the option takes none. */
  readonly value?: Place;
  readonly repeated: boolean;
}

/** Where a value stands: an argument, or what an option takes. */
export interface Place {
  readonly label: string;
  readonly description: string;
  readonly choices: readonly string[];
  /** Whether it may be the name of a file or of a directory. */
  readonly file: boolean;
  readonly required: boolean;
  readonly variadic: boolean;
}

/** The labels of what is looked for on the disk. `value` of `proviso add` is mostly a file too. */
const FILES = ['file', 'path', 'directory', 'document', 'material'];

/** The program and all of its commands, with the implied ones (`help`, `--help`) that its help shows. */
export function grammarOf(command: Command, before = ''): Grammar {
  const help = command.createHelp();
  const path = `${before}${command.name()}`;
  return {
    name: command.name(),
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(optionOf),
    places: command.registeredArguments.map(placeOfArgument),
    commands: help.visibleCommands(command).map((each) => grammarOf(each, `${path} `)),
  };
}

/** The command itself and those below it, each before its own. */
export const commandsOf = (grammar: Grammar): readonly Grammar[] => [grammar, ...grammar.commands.flatMap(commandsOf)];

/** The options that a command takes: its own, and those of the program, which are taken after its commands too. */
export function optionsOf(command: Grammar, program: Grammar): readonly GrammarOption[] {
  const own = command.options;
  if (command === program) return own;
  const known = new Set(own.flatMap(({ names }) => names));
  const inherited = program.options.filter(({ names }) => !names.some((name) => known.has(name)));
  return [...own, ...inherited.filter(({ names }) => !names.includes('--version'))];
}

function optionOf(option: Option): GrammarOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const [, label] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  const { description, required, variadic, argChoices = [] } = option;
  const repeated = Array.isArray(option.defaultValue);
  if (label === undefined) return { names, description, repeated };
  const value = { label, description, choices: argChoices, file: FILES.includes(label), required, variadic };
  return { names, description, repeated, value };
}

function placeOfArgument(argument: Argument): Place {
  const { description, required, variadic, argChoices = [] } = argument;
  const label = argument.name();
  return { label, description, choices: argChoices, file: FILES.includes(label), required, variadic };
}
