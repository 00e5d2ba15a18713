import { operatorCommand } from './command.ts';

/** The operator alone, as it is bundled. */
await operatorCommand(process.argv.slice(2));
