import { commandsOf, type Grammar, type GrammarOption, type Place } from './grammar.ts';

/** A completion for fish 3 or later. */
export function fishCompletion(program: Grammar): string {
  const all = commandsOf(program);
  const lines = all.flatMap((command) => [
    ...command.commands.map(({ name, description }) => line(command, ['-a', name, '-d', quoted(description)])),
    ...(command.commands.length > 0 ? [] : command.places.map((place, index) => placeLine(command, place, index))),
    ...command.options.map((option) => optionLine(command, program, option)),
  ]);
  return `# Completion of ${program.name} for fish: ${program.name} completion fish | source
function __${program.name}_at -a expected places -d 'Whether the words before belong to a command, and how many places are filled'
    set -l path ${program.name}
    set -l place 0
    set -l value
    for word in (commandline -opc)[2..-1]
        if test -n "$value"
            set value
            continue
        end
        switch "$path $word"
${all.flatMap((each) => each.commands.map((one) => `            case '${one.path}'\n                set path '${one.path}'\n                continue`)).join('\n')}
        end
        switch $word
            case ${takingValues(all).join(' ')}
                set value yes
            case '-*'
            case '*'
                set place (math $place + 1)
        end
    end
    test "$path" = "$expected"; and begin
        test -z "$places"; or test $place = "$places"; or test "$places" = any
    end
end
complete -c ${program.name} -f
${lines.join('\n')}`;

  function line(command: Grammar, words: readonly string[], place = ''): string {
    const at = `__${program.name}_at ${quoted(command.path)}${place === '' ? '' : ` ${place}`}`;
    return ['complete', '-c', program.name, '-n', `"${at}"`, ...words].filter((word) => word !== '').join(' ');
  }

  function placeLine(command: Grammar, place: Place, index: number): string {
    return line(command, proposals(place), place.variadic ? 'any' : `${index}`);
  }

  function optionLine(command: Grammar, root: Grammar, { names, description, value }: GrammarOption): string {
    const given = names.flatMap((name) => (name.startsWith('--') ? ['-l', name.slice(2)] : ['-s', name.slice(1)]));
    const words = [
      ...given,
      ...(value === undefined ? [] : [value.file ? '-r' : '-x', ...proposals(value)]),
      '-d',
      quoted(description),
    ];
    // The program's own options are taken after its commands too.
    if (command === root && !names.includes('--version')) return ['complete', '-c', root.name, ...words].join(' ');
    return line(command, words);
  }
}

/** The same name takes a value in all commands or in none; a test holds that. */
const takingValues = (all: readonly Grammar[]): readonly string[] => [
  ...new Set(
    all.flatMap(({ options }) => options.filter(({ value }) => value !== undefined).flatMap((one) => one.names)),
  ),
];

function proposals({ choices, file }: Place): readonly string[] {
  if (choices.length > 0) return ['-a', quoted(choices.join(' '))];
  return file ? ['-F'] : [];
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
