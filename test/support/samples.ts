/** One series of a page in the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The series of one metric; a page of the API server has tens of thousands, so the others aren't taken apart. */
export function samplesOf(page: string, name: string): readonly Sample[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith(name) && (line[name.length] === '{' || line[name.length] === ' '))
    .map((line) => {
      const [, , labels = '', value] = LINE.exec(line) ?? [];
      const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text] as const);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

/** The sum over all series of a metric; 0 when there are none. */
export const sumOf = (page: string, name: string): number =>
  samplesOf(page, name).reduce((sum, { value }) => sum + value, 0);
