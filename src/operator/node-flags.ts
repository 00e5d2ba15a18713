/**
 * What Node is started with for the operator: it holds much and makes little that is new, and the space for young objects
 * that Node takes by itself is a third of all its memory then.
 */
export const OPERATOR_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4'];
