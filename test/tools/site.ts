import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, spawnChild } from '../controlplane/child.ts';
import type { ToolName } from './catalogue.ts';
import { tool } from './tool.ts';

/** Where a group of servers puts its files, and where each process that was started is kept by its name. */
export interface Site {
  readonly dir: string;
  readonly children: Map<string, Child>;
}

/** Starts one of the real servers. */
export async function startServer(
  site: Site,
  name: ToolName,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Child> {
  const child = spawnChild(name, await tool(name), args, { env });
  site.children.set(name, child);
  return child;
}

/** A new directory of the site's. */
export async function directory(site: Site, name: string): Promise<string> {
  const path = join(site.dir, name);
  await mkdir(path);
  return path;
}

/** What the URL answers; throws unless it is 2xx. */
export async function textFrom(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.text();
}
