import module from '@dot-i/k8s-operator';

/**
 * The base class of the library. It is a CommonJS default export, which an ES module sees as `{ default }` and a bundler
 * may see directly.
 */
const found = module as unknown as typeof module.default | { readonly default: typeof module.default };
export const OperatorBase: typeof module.default = 'default' in found ? found.default : found;
