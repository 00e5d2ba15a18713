import { samplesOf } from './samples.ts';

/** What a process exports, read as Prometheus would. */
export interface Scrape {
  readonly text: string;
  /** Names of the metrics, without the suffixes of histograms. */
  readonly names: ReadonlySet<string>;
  /** The sum of the series with the name and these labels; undefined where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export async function scrape(port: number): Promise<Scrape> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (!answer.ok) throw new Error(`a scrape was answered by ${answer.status}`);
  return readScrape(await answer.text());
}

export const readScrape = (text: string): Scrape => ({
  text,
  names: new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)),
  sum(name, labels = {}) {
    const asked = Object.entries(labels);
    const found = samplesOf(text, name).filter((each) => asked.every(([label, value]) => each.labels[label] === value));
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  },
});
