import type { Grammar, GrammarOption, Place } from './grammar.ts';

/** A completion for zsh, for a file `_proviso` in `$fpath` or to be sourced after `compinit`. */
export function zshCompletion(program: Grammar): string {
  return `#compdef ${program.name} kubectl-${program.name}
# Completion of ${program.name} for zsh: source <(${program.name} completion zsh)
${functionsOf(program, program).join('\n')}
if [[ $funcstack[1] == _${program.name} ]]; then _${program.name} "$@"; else compdef _${program.name} ${program.name} kubectl-${program.name}; fi`;
}

function functionsOf(command: Grammar, program: Grammar): readonly string[] {
  const name = `_${command.path.replaceAll(' ', '_').replaceAll('-', '_')}`;
  const inherited = command === program ? [] : program.options.filter((option) => !clashes(option, command));
  const options = [...command.options, ...inherited].map(optionSpec);
  if (command.commands.length === 0) {
    const places = command.places.map(placeSpec);
    return [`${name}() {\n  _arguments -s -S \\\n    ${[...options, ...places].join(' \\\n    ')}\n}`];
  }
  const below = command.commands.map((each) => quoted(`${each.name}:${each.description.replaceAll(':', '\\:')}`));
  const calls = command.commands.map((each) => `${each.name}) ${name}_${each.name.replaceAll('-', '_')} ;;`);
  const own = `${name}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C -s \\
    ${[...options, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command)
      local -a commands=(${below.join(' ')})
      _describe -t commands command commands ;;
    rest)
      case $line[1] in
        ${calls.join('\n        ')}
      esac ;;
  esac
}`;
  return [own, ...command.commands.flatMap((each) => functionsOf(each, program))];
}

/** A command's own option is meant where it shares a name with one of the program. */
const clashes = ({ names }: GrammarOption, command: Grammar): boolean =>
  names.includes('--version') || command.options.some((own) => own.names.some((name) => names.includes(name)));

function optionSpec({ names, description, value, repeated }: GrammarOption): string {
  const words = `[${description.replaceAll(/[[\]\\]/g, '\\$&')}]${value === undefined ? '' : `:${actionOf(value)}`}`;
  const only = repeated ? '*' : `(${names.join(' ')})`;
  // With '=' zsh takes both --name=value and --name value.
  const typed = names.map((name) => (value !== undefined && name.startsWith('--') ? `${name}=` : name));
  const [first = '', ...others] = typed;
  if (others.length === 0) return quoted(`${repeated ? '*' : ''}${first}${words}`);
  return `${quoted(only)}{${typed.join(',')}}${quoted(words)}`;
}

const placeSpec = (place: Place, index: number): string =>
  quoted(`${place.variadic ? '*' : `${index + 1}${place.required ? '' : ':'}`}:${actionOf(place)}`);

function actionOf({ label, choices, file }: Place): string {
  const message = label.replaceAll(':', '\\:');
  if (choices.length > 0) return `${message}:(${choices.join(' ')})`;
  return file ? `${message}:_files` : `${message}: `;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
