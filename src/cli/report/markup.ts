import { xmlText } from '../print/xml.ts';
import { singleLine } from './words.ts';

/** HTML that was made here. Nobody else can make one, so text of others never passes for it. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** What stands in the template is HTML; what is put in is text, and is escaped, unless it was made here too. */
  static of(template: TemplateStringsArray, ...values: readonly Part[]): Markup {
    return new Markup(
      template.map((literal, at) => literal + (at < values.length ? written(values[at]) : '')).join(''),
    );
  }
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/** Tag of templates of HTML. Values may stand between tags and in attributes with double quotes, nowhere else. */
export const html = Markup.of;

function written(part: Part): string {
  if (part instanceof Markup) return part.toString();
  if (Array.isArray(part)) return part.map(written).join('');
  return part === undefined ? '' : xmlText(singleLine(String(part)));
}
