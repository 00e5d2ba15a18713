import { type Command, CommanderError } from 'commander';
import { Problem } from '../api/problem.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { type Io, processIo } from './io.ts';
import { formatProblem, problemJson } from './print/problem.ts';
import { createProgram } from './program.ts';

/** Runs one command line; resolves with the exit code. Nothing of what goes wrong is thrown. */
export async function runCli(args: readonly string[], io: Io = processIo(), name?: string): Promise<number> {
  if (args[0] === COMPLETE) return complete(io, args.slice(1));
  let code: number = EXIT.ok;
  const onOutcome = (outcome: number): void => {
    code = outcome;
  };
  const program = createProgram(io, onOutcome, name);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, io, program, args);
    tell(error, io, program);
    return exitCodeOf(error);
  }
}

/** What kubectl_complete-proviso asks; people don't type it, and so it is no command. */
const COMPLETE = '__complete';

async function complete(io: Io, words: readonly string[]): Promise<number> {
  const [{ grammarOf }, { pluginAnswer }] = await Promise.all([
    import('./completion/grammar.ts'),
    import('./completion/answer.ts'),
  ]);
  io.out(pluginAnswer(grammarOf(createProgram(io, () => {})), words));
  return EXIT.ok;
}

function tell(error: unknown, io: Io, program: Command): void {
  const wantsJson = program.opts<{ readonly output: string }>().output === 'json';
  io.err(wantsJson ? problemJson(error) : formatProblem(io, error));
}

/** Help and version end the parsing too, and are no error. */
function endOfParsing(error: CommanderError, io: Io, program: Command, args: readonly string[]): number {
  if (error.exitCode === 0) return EXIT.ok;
  if (error.code === 'commander.help') return EXIT.usage;
  const message = error.message.replace(/^error: /, '');
  // The first that is named: `archive runs` is not about `runs`.
  const command = args.flatMap((arg) => program.commands.filter((each) => each.name() === arg))[0];
  const hint =
    command === undefined
      ? `type: ${program.name()} --help`
      : `type: ${program.name()} ${command.name()} ${command.usage().replace('[options] ', '')}, or add --help`;
  tell(new Problem('usage', message, { hint }), io, program);
  return EXIT.usage;
}
