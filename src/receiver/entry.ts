import { receiverCommand } from './command.ts';

/** The receiver alone, as it is bundled. */
await receiverCommand(process.argv.slice(2));
