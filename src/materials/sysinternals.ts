import type { Line } from './text-document.ts';

/** What the tools of Sysinternals print before anything else, unless they are told `-nobanner`. */
const VERSION = /^(\w+) v(\d[\d.]*)/i;
const BANNER = [VERSION, /^copyright \(c\)/i, /^sysinternals - www\.sysinternals\.com/i];

/** Takes the lines of a banner, and keeps the version that they name. */
export function bannerReader(tool: string) {
  let version: string | undefined;
  return {
    /** Whether the line is of the banner, or blank. */
    takes({ text }: Line): boolean {
      const line = text.trim();
      const [, name, stated] = VERSION.exec(line) ?? [];
      if (name !== undefined && name.toLowerCase() !== tool) return false;
      version ??= stated;
      return line === '' || BANNER.some((pattern) => pattern.test(line));
    },
    version: () => version,
  };
}
