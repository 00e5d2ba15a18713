import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Whether there is one to ask; says loudly what isn't tested without. In CI there has to be. */
export function hasPrometheus(): boolean {
  const places = (process.env.PATH ?? '').split(delimiter);
  if (['prometheus', 'promtool'].every((name) => places.some((place) => existsSync(join(place, name))))) return true;
  if (process.env.CI === 'true') return true;
  console.log("SKIPPED: metrics, alerts and dashboards aren't shown to Prometheus here. apt-get install prometheus.");
  return false;
}

/** What `promtool` says; throws when it ends with anything but 0. */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const child = spawn('promtool', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  child.stdin.end(input);
  const [code, ...said] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const output = said.join('');
  if (code !== 0) throw new Error(`promtool ${args.join(' ')} ended with ${code}: ${output}`);
  return output;
}
