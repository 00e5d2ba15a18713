import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { ScriptReading } from '../../contract/chainloop/options.ts';
import { nameInRef } from '../../contract/chainloop/refs.ts';

/** Far above what a policy has room for, so that one that is too long is told its length. */
const MAX_BYTES = 2 ** 20;

/** Reads the scripts that a file names by their paths: from its own folder and below, wherever links lead. */
export function scriptReader(file: string): (path: string) => ScriptReading {
  return (path) => {
    try {
      const folder = realpathSync(dirname(file));
      const target = realpathSync(resolve(folder, path));
      if (isOutside(folder, target)) {
        return { ok: false, message: `'${path}' lies outside the folder of the file that names it; copy it there` };
      }
      return readScript(path, target);
    } catch (cause) {
      const { code = 'unknown' } = cause as NodeJS.ErrnoException;
      return { ok: false, message: `'${path}' can't be read (${code})` };
    }
  };
}

function isOutside(folder: string, target: string): boolean {
  const way = relative(folder, target);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function readScript(path: string, target: string): ScriptReading {
  // A pipe would otherwise be waited for.
  const descriptor = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { ok: false, message: `'${path}' is no file` };
    if (stat.size > MAX_BYTES)
      return { ok: false, message: `'${path}' has ${stat.size} bytes, and at most ${MAX_BYTES} are read` };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor));
    return { ok: true, text };
  } catch (cause) {
    if (cause instanceof TypeError)
      return { ok: false, message: `'${path}' is no text in UTF-8; WebAssembly is not taken` };
    throw cause;
  } finally {
    closeSync(descriptor);
  }
}

/** What documents became, by their names and by the files that they stood in. */
export interface Became<T> {
  add(file: string, name: string, objects: readonly T[]): void;
  /** Finds what a reference in a file means: a file is looked for from where the command runs, then from that file. */
  of(file: string, ref: string): readonly T[] | undefined;
}

export function createBecame<T>(cwd: string): Became<T> {
  const byName = new Map<string, readonly T[]>();
  const byFile = new Map<string, readonly T[]>();
  return {
    add(file, name, objects) {
      byName.set(name, objects);
      byFile.set(file, [...(byFile.get(file) ?? []), ...objects]);
    },
    of(file, ref) {
      const name = nameInRef(ref);
      if (!name.startsWith(FILE)) return byName.get(name);
      const path = name.slice(FILE.length);
      return byFile.get(resolve(cwd, path)) ?? byFile.get(resolve(dirname(file), path));
    },
  };
}

const FILE = 'file://';
