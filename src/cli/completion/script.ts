import type { Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { grammarOf } from './grammar.ts';
import { zshCompletion } from './zsh.ts';

const SHELLS = { bash: bashCompletion, fish: fishCompletion, zsh: zshCompletion } as const;

export type Shell = keyof typeof SHELLS;

/** What a shell reads to complete the program's command lines. */
export const completionScript = (program: Command, shell: Shell): string => SHELLS[shell](grammarOf(program));
