import { peerCrds } from '../chart/peer-crds.ts';
import { TEST_TOOL_NAMES } from '../tools/catalogue.ts';
import { pipelineCrds } from '../tools/crds.ts';
import { tool } from '../tools/tool.ts';
import { findBinaries } from './binaries.ts';

// Before any test: a build takes minutes, and the deadline of a test file must not be the one that ends it.
const { from } = await findBinaries();
console.error(`# control plane: ${from}`);
for (const name of TEST_TOOL_NAMES) console.error(`# tools: ${await tool(name)}`);
console.error(`# CRDs of others: ${(await peerCrds()).length}`);
console.error(`# tools: ${await pipelineCrds()}`);
