import { _, type CodeKeywordDefinition, str } from 'ajv';
import { findTwice } from './equal-entries.ts';

/**
 * The keyword `uniqueItems` in a time that grows with the size of the list and not with its square, as ajv's own does once
 * there are objects in it.
 */
export const uniqueItems: CodeKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: ({ params }) => str`must not hold an entry twice, as ${params.first} and ${params.second}` },
  code(context) {
    if (context.schema !== true) return;
    const { gen, data } = context;
    // How a validator that is compiled ahead gets it: the build reads what it compiled in this folder.
    const code = _`require("./equal-entries.ts").findTwice`;
    const find = gen.scopeValue('func', { key: findTwice, ref: findTwice, code });
    const twice = gen.const('twice', _`${find}(${data})`);
    context.setParams({ first: _`${twice}[0]`, second: _`${twice}[1]` });
    context.fail(_`${twice} !== undefined`);
  },
};
