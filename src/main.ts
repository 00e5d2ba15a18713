import { argv } from 'node:process';

/**
 * Picks the program by the first argument. Each is loaded only when it is meant, so that the CLI starts without the
 * operator's libraries.
 */
const [, , program, ...rest] = argv;
switch (program) {
  case 'operator': {
    const { operatorCommand } = await import('./operator/command.ts');
    await operatorCommand(rest);
    break;
  }
  case 'receiver': {
    const { receiverCommand } = await import('./receiver/command.ts');
    await receiverCommand(rest);
    break;
  }
  default: {
    const { runCli } = await import('./cli/main.ts');
    process.exitCode = await runCli(argv.slice(2));
  }
}
