import module from '@dot-i/k8s-operator';

/** It is a CommonJS default export, which an ES module sees as `{ default }` and a bundler may see directly. */
const found = module as unknown as typeof module.default | { readonly default: typeof module.default };
const LibraryOperator: typeof module.default = 'default' in found ? found.default : found;

/**
 * The base class of the library, without what it does in ways that Proviso must not: it writes without preconditions,
 * ends what has finalizers by itself, and would need the right to write CRDs (docs/adr/0001).
 */
export abstract class OperatorBase extends LibraryOperator {
  protected override setResourceStatus(): never {
    throw new Error('setResourceStatus writes without a precondition; use applyStatus of src/kube/apply.ts');
  }

  protected override patchResourceStatus(): never {
    throw new Error('patchResourceStatus writes without a precondition; use applyStatus of src/kube/apply.ts');
  }

  protected override handleResourceFinalizer(): never {
    throw new Error('Proviso needs no finalizers: what it makes is owned by what it is made for');
  }

  protected override setResourceFinalizers(): never {
    throw new Error('Proviso needs no finalizers: what it makes is owned by what it is made for');
  }

  protected override registerCustomResourceDefinition(): never {
    throw new Error('the installation applies crds/; an operator that may write CRDs has more rights than it needs');
  }
}
