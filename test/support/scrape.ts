/** What a process exports, read as Prometheus would. */
export interface Scrape {
  readonly text: string;
  /** Names of the metrics, without the suffixes of histograms. */
  readonly names: ReadonlySet<string>;
  /** The sum of the series with the name and these labels; undefined where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const SERIES = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

export async function scrape(port: number): Promise<Scrape> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (!answer.ok) throw new Error(`a scrape was answered by ${answer.status}`);
  return readScrape(await answer.text());
}

export function readScrape(text: string): Scrape {
  const lines = text.split('\n').flatMap((line) => SERIES.exec(line) ?? []);
  const series = Array.from({ length: lines.length / 4 }, (_, n) => lines.slice(4 * n, 4 * n + 4));
  return {
    text,
    names: new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)),
    sum(name, labels = {}) {
      const found = series.filter(
        ([, each, members = '']) =>
          each === name &&
          Object.entries(labels).every(([label, value]) => `,${members},`.includes(`,${label}="${value}",`)),
      );
      return found.length === 0 ? undefined : found.reduce((sum, [, , , value]) => sum + Number(value), 0);
    },
  };
}
