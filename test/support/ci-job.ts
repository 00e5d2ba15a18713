import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { runScript } from './command-line.ts';
import { CONFIG, npmSource } from './config-files.ts';
import type { Shop } from './shop.ts';

type Variables = Readonly<Record<string, string>>;

interface Step {
  readonly run?: string;
  readonly if?: string;
  readonly env?: Variables;
}

/** A repository with an npm package, and a copy of `config/ci` in which these texts are exchanged. */
export async function makeRepository(shop: Shop, changes: Variables): Promise<string> {
  const directory = await npmSource(shop, 'repository');
  await mkdir(join(directory, 'config/ci'), { recursive: true });
  for (const name of ['contract.yaml', 'github-actions.yaml', 'gitlab-ci.yaml']) {
    let text = await readFile(new URL(`ci/${name}`, CONFIG), 'utf8');
    for (const [from, to] of Object.entries(changes)) text = text.replaceAll(from, to);
    await writeFile(join(directory, 'config/ci', name), text);
  }
  await symlink(join(CONFIG.pathname, '../charts'), join(directory, 'charts'));
  return directory;
}

/** What a runner does with the job `release` of a workflow file: step by step, to the first that fails; then those for that. */
export async function runGithubJob(directory: string, variables: Variables, secrets: Variables): Promise<string> {
  const text = await readFile(join(directory, '.github/workflows/release.yaml'), 'utf8');
  const { env, jobs } = load(text) as { env: Variables; jobs: { release: { steps: readonly Step[] } } };
  const filled = (value: string): string =>
    value
      .replaceAll(/\$\{\{ secrets\.(\w+) \}\}/g, (_, name: string) => secrets[name] ?? '')
      .replaceAll(/\$\{\{ cancelled\(\) && '\w+' \|\| '(\w+)' \}\}/g, '$1');
  let said = '';
  let hasFailed = false;
  for (const step of jobs.release.steps) {
    if (step.run === undefined || hasFailed !== (step.if !== undefined)) continue;
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]);
    const outcome = await runScript(
      directory,
      filled(step.run),
      { ...env, ...variables, ...Object.fromEntries(own) },
      {},
    );
    said += outcome.text;
    hasFailed ||= outcome.code !== 0;
  }
  return said;
}

/** The same of GitLab, with the job `release`, whose lines are one script. */
export async function runGitlabJob(directory: string, variables: Variables): Promise<string> {
  const text = await readFile(join(directory, '.gitlab-ci.yml'), 'utf8');
  const { release } = load(text) as { release: { variables: Variables; script: readonly string[] } };
  const env = { ...release.variables, ...variables };
  return (await runScript(directory, release.script.join('\n'), env, {})).text;
}
