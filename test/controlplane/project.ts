import { existsSync } from 'node:fs';
import type { CommandOptions, CommandResult } from './command.ts';

type Kubectl = (args: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

const ROOT = new URL('../..', import.meta.url).pathname;

/** What an installation applies, and a wait until the API server has it in force. */
export async function applyProject(kubectl: Kubectl): Promise<void> {
  await expectOk(kubectl(['apply', '-f', `${ROOT}crds`]));
  await expectOk(kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']));
  // The namespace has to be there before what lies in it.
  await expectOk(kubectl(['apply', '-f', `${ROOT}config/rbac/namespace.yaml`]));
  for (const folder of ['config/rbac', 'config/admission']) {
    if (existsSync(`${ROOT}${folder}`)) await expectOk(kubectl(['apply', '-f', `${ROOT}${folder}`]));
  }
}

async function expectOk(call: Promise<CommandResult>): Promise<void> {
  const { code, stdout, stderr } = await call;
  if (code !== 0) throw new Error(`kubectl ended with ${code}:\n${stdout}${stderr}`);
}
