import { sumOf } from './days.ts';
import { html, type Markup } from './markup.ts';
import type { DayTally } from './model.ts';
import { counted } from './words.ts';

interface Size {
  readonly width: number;
  readonly height: number;
  /** Between two days. */
  readonly gap: number;
}

const LARGE: Size = { width: 960, height: 150, gap: 3 };
const SMALL: Size = { width: 120, height: 24, gap: 1 };

/**
 * Bars by day, drawn as SVG: up for what was accepted, down for what was refused, so that they needn't be told by colour. Who
 * can't see it hears the sum.
 */
const barsOf = (days: readonly DayTally[], { width, height, gap }: Size, label: string, withDays: boolean): Markup => {
  const [up, down] = [Math.max(0, ...days.map((day) => day.accepted)), Math.max(0, ...days.map((day) => day.refused))];
  const unit = height / Math.max(1, up + down);
  const base = up === 0 && down === 0 ? height : up * unit;
  const step = width / Math.max(1, days.length);
  const bar = (name: string, at: number, top: number, tall: number): Markup | undefined =>
    tall === 0
      ? undefined
      : html`<rect class="${name}" x="${round(at * step)}" y="${round(top)}" width="${round(Math.max(1, step - gap))}" height="${round(tall)}"/>`;
  const groups = days.map(({ day, accepted, refused }, at) => {
    const bars = html`${bar('accepted', at, base - accepted * unit, accepted * unit)}${bar('refused', at, base, refused * unit)}`;
    return withDays ? html`<g><title>${day}: ${accepted} accepted, ${refused} refused</title>${bars}</g>` : bars;
  });
  return html`<svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" preserveAspectRatio="none"><title>${label}</title>${groups}<line class="base" x1="0" x2="${width}" y1="${round(base)}" y2="${round(base)}"/></svg>`;
};

const round = (value: number): number => Math.round(value * 10) / 10;

/** Says what a chart shows. */
function labelOf(of: string, days: readonly DayTally[]): string {
  const { accepted, refused } = sumOf(days);
  return `${of}: ${accepted} accepted and ${refused} refused in ${counted(days.length, 'day')}`;
}

/** A line of a table as a small picture. */
export const sparkline = (of: string, days: readonly DayTally[]): Markup =>
  barsOf(days, SMALL, labelOf(of, days), false);

/** The picture of the whole, with what it is measured by. */
export function trend(days: readonly DayTally[]): Markup {
  const most = Math.max(0, ...days.map(({ accepted, refused }) => Math.max(accepted, refused)));
  return html`<figure>
${barsOf(days, LARGE, labelOf('Runs by day', days), true)}
<figcaption><span>${days[0]?.day}</span><span><span class="key accepted"></span> accepted, upwards · <span class="key refused"></span> refused, downwards · at most ${counted(most, 'run')} of a kind in a day</span><span>${days.at(-1)?.day}</span></figcaption>
</figure>`;
}
