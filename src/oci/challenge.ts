/** How a registry wants a caller to prove who he is: a challenge of `WWW-Authenticate` (RFC 9110, section 11.6.1). */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string };

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^\\s*,?\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`);
const SCHEME = new RegExp(`^\\s*,?\\s*(${TOKEN})(?=\\s|,|$)`);

/** The first challenge that can be met; a bearer challenge before a basic one, since its tokens are narrow. */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges = challengesOf(header);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const realm = bearer?.get('realm');
  if (realm !== undefined) {
    const service = bearer?.get('service');
    return { scheme: 'bearer', realm, ...(service === undefined ? {} : { service }) };
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

interface Parsed {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

function challengesOf(header: string): readonly Parsed[] {
  const challenges: Parsed[] = [];
  for (let rest = header; rest.trim() !== ''; ) {
    const parameter = PARAMETER.exec(rest);
    const [last] = challenges.slice(-1);
    const match = parameter !== null && last !== undefined ? parameter : SCHEME.exec(rest);
    if (match === null) return challenges;
    const [all, name = '', quoted, bare = ''] = match;
    rest = rest.slice(all.length);
    if (match === parameter) last?.parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare);
    else challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
  }
  return challenges;
}
