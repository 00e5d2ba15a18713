import { type CelFunc, CelScalar, celFunc, celMethod, mapType } from '@bufbuild/cel';

const { BOOL, STRING } = CelScalar;

/** URLs as Kubernetes has them; here a URL is its text, which `url` lets through if it is one. */
export const URL_FUNCTIONS: readonly CelFunc[] = [
  celFunc('isURL', [STRING], BOOL, (text) => URL.canParse(text)),
  celFunc('url', [STRING], STRING, (text) => parsed(text) && text),
  part('getScheme', ({ protocol }) => protocol.slice(0, -1)),
  part('getHost', ({ host }) => host),
  part('getHostname', ({ hostname }) => hostname),
  part('getPort', ({ port }) => port),
  part('getEscapedPath', ({ pathname }) => pathname),
  celMethod('getQuery', STRING, [], mapType(STRING, CelScalar.DYN), function () {
    const { searchParams } = parsed(this);
    return new Map([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
  }),
];

function part(name: string, of: (url: URL) => string): CelFunc {
  return celMethod(name, STRING, [], STRING, function () {
    return of(parsed(this));
  });
}

function parsed(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new Error('this is no URL');
  return url;
}
