import { Problem } from '../../api/problem.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';

/** A refusal for people: what, where each of it is, what to do. */
export function formatProblem(io: Io, error: unknown): string {
  const { red, bold, dim, cyan } = io.colours;
  if (!(error instanceof Problem)) {
    const message = error instanceof Error ? error.message : String(error);
    const stack = io.env.PROVISO_DEBUG && error instanceof Error ? `\n${error.stack}` : '';
    return `${red(bold('error:'))} ${plain(message)}${stack}`;
  }
  const lines = [`${red(bold('error:'))} ${plain(error.message)} ${dim(`(${error.code})`)}`];
  for (const { at, message } of error.errors) {
    lines.push(`  ${red('-')} ${at === undefined ? '' : `${bold(plain(at))}: `}${plain(message)}`);
  }
  if (error.hint !== undefined) lines.push(`${cyan('what to do:')} ${plain(error.hint)}`);
  return lines.join('\n');
}

/** The same for programs: the problem document of RFC 9457. */
export function problemJson(error: unknown): string {
  if (error instanceof Problem) return JSON.stringify(error.toDocument(), null, 2);
  const message = error instanceof Error ? error.message : String(error);
  return JSON.stringify(new Problem('internal', message).toDocument(), null, 2);
}
