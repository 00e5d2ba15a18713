import { registerHooks } from 'node:module';

/** Loaded ahead of a test file: gives it the observed uvu in the place of uvu. */
const OBSERVED = new URL('./observed-uvu.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'uvu' && context.parentURL !== OBSERVED
      ? { url: OBSERVED, shortCircuit: true }
      : next(specifier, context),
});
