import { type CelEnv, celEnv } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { append } from './append.ts';
import { seen } from './conditions.ts';
import { BASE64_FUNCTIONS } from './functions/base64.ts';
import { DOCUMENT_FUNCTIONS } from './functions/documents.ts';
import { FIND_FUNCTIONS } from './functions/find.ts';
import { NETWORK_FUNCTIONS } from './functions/network.ts';
import { ORDERED_FUNCTIONS } from './functions/ordered.ts';
import { URL_FUNCTIONS } from './functions/url.ts';
import { LIMITED_FUNCTIONS } from './limited.ts';
import { NUMBER_FUNCTIONS } from './numbers.ts';
import { compilePattern } from './patterns.ts';

/** What expressions can call besides the core of the language, and what matches their patterns. */
export const VOCABULARY: NonNullable<Parameters<typeof celEnv>[0]> = {
  funcs: [
    ...strings,
    append,
    seen,
    ...LIMITED_FUNCTIONS,
    ...NUMBER_FUNCTIONS,
    ...BASE64_FUNCTIONS,
    ...DOCUMENT_FUNCTIONS,
    ...FIND_FUNCTIONS,
    ...URL_FUNCTIONS,
    ...NETWORK_FUNCTIONS,
    ...ORDERED_FUNCTIONS,
  ],
  re2: { compile: compilePattern },
};

/** In which all expressions are checked and evaluated. */
export const ENVIRONMENT: CelEnv = celEnv(VOCABULARY);
