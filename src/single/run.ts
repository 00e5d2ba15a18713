/** A program in one file: its pieces by path, each compressed with Brotli, in base64, or after a `=` as it is. */
export type Pieces = Readonly<Record<string, string>>;

interface Piece {
  exports: unknown;
}

/**
 * Runs a program whose pieces are CommonJS, and reads each once it is asked for: most commands need few of them. Its own
 * text is what a thread begins with too, so it refers to nothing outside but types and Node.
 */
export function run(pieces: Pieces, entry: string): unknown {
  const builtin = (name: string): object | undefined =>
    process.getBuiltinModule(name.replace(/^node:/, '')) as object | undefined;
  const { compileFunction } = process.getBuiltinModule('node:vm');
  const { posix } = process.getBuiltinModule('node:path');
  const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');
  /** Nowhere on the disk. */
  const root = '/proviso.single/';
  const loaded = new Map<string, Piece>();

  function load(path: string): unknown {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const packed = pieces[path];
    if (packed === undefined) throw absent(path);
    const piece: Piece = { exports: {} };
    loaded.set(path, piece);
    const text = packed.startsWith('=') ? packed.slice(1) : unpacked(packed);
    const place = root + path;
    const names = ['exports', 'require', 'module', '__filename', '__dirname', 'PIECE_URL'];
    const body = compileFunction(text, names, { filename: place }) as (...values: readonly unknown[]) => void;
    body(piece.exports, requireFrom(place), piece, place, posix.dirname(place), pathToFileURL(place).href);
    return piece.exports;
  }

  const unpacked = (packed: string): string =>
    process.getBuiltinModule('node:zlib').brotliDecompressSync(Buffer.from(packed, 'base64')).toString();

  const absent = (name: string): Error =>
    Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });

  function requireFrom(from: string): (name: string) => unknown {
    return (name) => {
      if (name.startsWith('.')) return load(posix.join(posix.dirname(from), name).slice(root.length));
      if (name.startsWith(root)) return load(name.slice(root.length));
      const found = builtin(name);
      if (found === undefined) throw absent(name);
      if (/^(?:node:)?module$/.test(name)) {
        return { ...found, createRequire: (url: string | URL) => requireFrom(fileURLToPath(url)) };
      }
      return /^(?:node:)?worker_threads$/.test(name) ? { ...found, Worker: threadOfPieces() } : found;
    };
  }

  /** Threads begin with a piece, and have no more of them than they need: what isn't a piece of a command. */
  function threadOfPieces() {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    return class extends Worker {
      constructor(file: string, options: object) {
        const path = file.slice(root.length);
        const needed = Object.entries(pieces).filter(([name]) => name === path || !name.includes('/'));
        super(`(${run})(${JSON.stringify(Object.fromEntries(needed))}, ${JSON.stringify(path)})`, {
          ...options,
          eval: true,
        });
      }
    };
  }

  return load(entry);
}
