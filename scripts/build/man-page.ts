import { commandsOf, type Grammar, type GrammarOption, type Place } from '../../src/cli/completion/grammar.ts';
import { EXIT } from '../../src/cli/exit-code.ts';

/** What the commands read of the environment; a test holds that none of ours is left out. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PROVISO_ENDPOINT: 'where the receiver is, https://host[:port]',
  PROVISO_TOKEN: 'the token to call it with',
  PROVISO_TOKEN_FILE: 'a file with that token',
  PROVISO_CA_FILE: 'the authorities, PEM, that the receiver must have its certificate from',
  PROVISO_DIR: 'a directory with the keys of the Secret that the operator made, as --dir',
  PROVISO_WORKFLOW: 'the workflow that is meant',
  PROVISO_NAMESPACE: 'its namespace',
  PROVISO_RUN: 'NAMESPACE/RUN, the run that is meant',
  PROVISO_AUDIENCE: 'the audience of the tokens that GitHub Actions is asked for; proviso if it is not set',
  PROVISO_DEBUG: 'where it came from is shown of an error that nobody foresaw',
  PROVISO_KEY_PASSWORD: 'the password of the private key to sign with',
  COSIGN_PASSWORD: 'the same',
  PROVISO_OPA: "OPA's program, for policies in Rego; else opa of the PATH",
  DOCKER_CONFIG: 'the directory of config.json with the logins of registries',
  KUBECONFIG: 'the cluster of the commands that take --kubeconfig',
  NO_COLOR: 'no colours, whatever it is set to',
};

const EXIT_WORDS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'Fine.',
  error: 'Something went wrong; what, is said on standard error.',
  usage: 'The command line is wrong, or it is not known how to reach the receiver.',
  contractNotMet: 'The contract is not met.',
  blocked: 'A gate of a policy stands in the way.',
};

/** The manual page of a program, section 1, in the macros of man(7). */
export function manPage(program: Grammar, version: string, examples: string): string {
  const commands = commandsOf(program).filter(
    ({ path, name, commands: below }) => path !== program.path && name !== 'help' && below.length === 0,
  );
  return `${[
    `.TH ${program.name.toUpperCase()} 1 "" "${program.name} ${version}" "User Commands"`,
    '.SH NAME',
    text(`${program.name} - ${program.description.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase())}`),
    '.SH SYNOPSIS',
    `.B ${program.name}`,
    '.RI [ option ...]',
    '.I command',
    '.RI [ argument ...]',
    '.SH DESCRIPTION',
    text(program.description),
    '.SH OPTIONS',
    'These are taken before and after every command.',
    ...program.options.flatMap(optionLines),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT).flatMap(([key, code]) => ['.TP', `.B ${code}`, text(EXIT_WORDS[key as keyof typeof EXIT])]),
    '.SH ENVIRONMENT',
    ...Object.entries(ENVIRONMENT).flatMap(([name, what]) => ['.TP', `.B ${name}`, text(what)]),
    '.SH EXAMPLES',
    '.EX',
    ...examples.trim().split('\n').map(text),
    '.EE',
    '.SH SEE ALSO',
    '.BR kubectl (1),',
    '.BR cosign (1)',
  ].join('\n')}\n`;
}

function commandLines({ path, places, options, description }: Grammar): readonly string[] {
  const own = options.filter(({ names }) => !names.includes('--help'));
  return [
    `.SS "${escaped([path, ...places.map(placeText)].join(' '))}"`,
    text(`${description.charAt(0).toUpperCase()}${description.slice(1)}.`),
    ...places.flatMap((place) =>
      place.description === '' ? [] : ['.TP', `.I ${escaped(place.label)}`, text(place.description + among(place))],
    ),
    ...own.flatMap(optionLines),
  ];
}

function optionLines({ names, value, description }: GrammarOption): readonly string[] {
  const forms = names.map((name) => `\\fB${escaped(name)}\\fR`).join(', ');
  const label = value === undefined ? '' : ` \\fI${escaped(value.label)}\\fR`;
  return ['.TP', `${forms}${label}`, text(description + (value === undefined ? '' : among(value)))];
}

const among = ({ choices }: Place): string => (choices.length === 0 ? '' : ` (${choices.join(', ')})`);

function placeText({ label, required, variadic }: Place): string {
  const name = `${label}${variadic ? '...' : ''}`;
  return required ? name : `[${name}]`;
}

/** A line of prose: nothing in it is a request. */
const text = (line: string): string => `\\&${escaped(line)}`;

const escaped = (line: string): string =>
  line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    // Not every troff reads UTF-8 by itself.
    .replaceAll(/[^\0-\x7f]/gu, (one) => `\\[u${one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`);
