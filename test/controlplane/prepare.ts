import { findBinaries } from './binaries.ts';

// Before any test: a build takes minutes, and the deadline of a test file must not be the one that ends it.
const { from } = await findBinaries();
console.error(`# control plane: ${from}`);
