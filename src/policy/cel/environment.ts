import { type CelEnv, celEnv } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { ADDITIONS } from './additions.ts';
import { append } from './append.ts';
import { DOCUMENT_FUNCTIONS } from './functions/documents.ts';
import { compilePattern } from './patterns.ts';

/** In which all expressions are checked and evaluated: the core of the language, and these functions. */
export const ENVIRONMENT: CelEnv = celEnv({
  funcs: [...strings, append, ...ADDITIONS, ...DOCUMENT_FUNCTIONS],
  re2: { compile: compilePattern },
});
