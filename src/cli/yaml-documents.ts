import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadAll, type Schema } from 'js-yaml';
import { Problem } from '../api/problem.ts';
import type { Io } from './io.ts';

/** Aliases are shared when read, and would only explode when walked. */
const MAX_ALIASES = 100;

/** The documents of a YAML file that hold anything. Throws `usage` for a file that isn't there, else `request-invalid`. */
export async function yamlDocuments(io: Io, file: string, schema?: Schema): Promise<readonly unknown[]> {
  const text = await readText(io, file);
  let documents: readonly unknown[];
  try {
    documents = loadAll(text, { maxAliases: MAX_ALIASES, ...(schema === undefined ? {} : { schema }) });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('request-invalid', `${file} is not valid YAML: ${message.split('\n')[0]}`, { cause });
  }
  const found = documents.filter((document) => document !== undefined && document !== null);
  if (found.length > 0) return found;
  throw new Problem('request-invalid', `${file} holds no document`);
}

async function readText(io: Io, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Problem('usage', `'${file}' can't be read`, { cause, hint: 'FILE is YAML or JSON' });
  }
}
