/** Bounds of what a container may hold. Real ones stay far below; whoever sends more wants to keep a processor busy. */
export const LIMITS = {
  /** Of the whole, which is what the receiver takes. */
  bytes: 8 << 20,
  /** Nested objects and arrays. */
  depth: 32,
  /** JSON values of one document or line. */
  values: 1 << 18,
  /** Of an object that is read here, known and unknown ones. */
  members: 64,
  /** Of JSON lines, blank ones included. */
  lines: 256,
  /** Attestations in one container; cosign draws the same line. */
  contents: 100,
  signatures: 16,
  /** Of all attestations in one container. */
  allSignatures: 128,
  /** Of one signature, its own and the intermediates. */
  certificates: 10,
  logEntries: 8,
  timestamps: 8,
  /** A Merkle tree that needs more is larger than any log can become. */
  proofHashes: 64,
  /** A key id, a media type and the like, in UTF-16 units. */
  text: 2048,
  signatureBytes: 8 << 10,
  certificateBytes: 64 << 10,
  timestampBytes: 64 << 10,
  checkpointText: 64 << 10,
  /** The log's own and those of its witnesses; each that claims to be the log's is checked. */
  checkpointSignatures: 32,
  /** Bytes hashed to check all signatures of one container with every key that is trusted, and what counts as so many. */
  work: 256 << 20,
  /** What a check takes of it beside the bytes: on some curves it takes longer than hashing a short text. */
  checkWork: 128 << 10,
  /** What a certificate with its chain, its log entries and its timestamps takes of it. */
  certificateWork: 1 << 20,
} as const;
