import { type Command, Option } from 'commander';
import type { Session } from './session.ts';
import { collect } from './values.ts';

/** Runs a command with what it needs, and keeps what it ends with. */
export type Within = (work: (session: Session) => Promise<number>) => Promise<void>;

/** An option whose values are gathered in a list. */
export const repeated = (flags: string, description: string, byDefault = 'none'): Option =>
  new Option(flags, description).argParser(collect).default([], byDefault);

/** A command that asks the cluster itself. */
export const askingCluster = (command: Command): Command =>
  command.option('--kubeconfig <file>', 'whose rights in the cluster it has (default: as kubectl has them)');
