/** A text that came from outside, short enough to stand in a message; what is cut off is shown as `…`. */
export const excerpt = (text: string, limit = 100): string =>
  text.length <= limit ? text : `${text.slice(0, limit).toWellFormed()}…`;
