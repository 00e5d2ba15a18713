import { commandsOf, type Grammar, optionsOf, type Place } from './grammar.ts';

/** A completion for bash 4 or later, without the package bash-completion. Words are ours and need no quoting but `'`. */
export function bashCompletion(program: Grammar): string {
  const all = commandsOf(program);
  return `# Completion of ${program.name} for bash: source <(${program.name} completion bash)
_${program.name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path=${program.name} place=0 value= word i
  COMPREPLY=()
  # bash takes --option=value for three words.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    [[ $word == = ]] && { value=yes; continue; }
    [[ -n $value ]] && { value=; continue; }
    case "$path $word" in
${all.flatMap((each) => each.commands.map((one) => `      '${one.path}') path='${one.path}'; continue ;;`)).join('\n')}
    esac
    case "$path $word" in
${all.flatMap((each) => takingValues(each, program)).join('\n')}
    esac
    [[ $word == -* ]] || ((place += 1))
  done
  [[ \${COMP_WORDS[COMP_CWORD-1]} == = || $cur == = ]] && value=yes
  if [[ -n $value || $prev == -* ]]; then
    case "$path $prev" in
${all.flatMap((each) => valuesOf(each, program)).join('\n')}
    esac
  fi
  if [[ $cur == -* ]]; then
    case $path in
${all.map((each) => `      '${each.path}') ${words(optionsOf(each, program).flatMap(({ names }) => names))} ;;`).join('\n')}
    esac
    return
  fi
  case "$path $place" in
${all.flatMap(placesOf).join('\n')}
  esac
}
complete -F _${program.name} ${program.name} kubectl-${program.name}`;
}

const patternOf = (path: string, names: readonly string[]): string =>
  names.map((name) => `'${path} ${name}'`).join('|');

const takingValues = (command: Grammar, program: Grammar): readonly string[] => {
  const names = optionsOf(command, program)
    .filter(({ value }) => value !== undefined)
    .flatMap((option) => option.names);
  // Not where '=' follows: then the value is what comes after that.
  return names.length === 0
    ? []
    : [`      ${patternOf(command.path, names)}) [[ \${COMP_WORDS[i+1]} == = ]] || value=yes; continue ;;`];
};

const valuesOf = (command: Grammar, program: Grammar): readonly string[] =>
  optionsOf(command, program).flatMap(({ names, value }) =>
    value === undefined ? [] : [`      ${patternOf(command.path, names)}) ${proposals(value)}; return ;;`],
  );

function placesOf(command: Grammar): readonly string[] {
  if (command.commands.length > 0)
    return [`    '${command.path} 0') ${words(command.commands.map(({ name }) => name))} ;;`];
  return command.places.map(
    (place, index) => `    '${command.path} '${place.variadic ? '*' : index}) ${proposals(place)} ;;`,
  );
}

function proposals({ choices, file }: Place): string {
  if (choices.length > 0) return words(choices);
  return file ? 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur")' : ':';
}

const words = (list: readonly string[]): string => `mapfile -t COMPREPLY < <(compgen -W '${list.join(' ')}' -- "$cur")`;
