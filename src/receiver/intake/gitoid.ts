import { createHash } from 'node:crypto';

const FORM = /^[0-9a-f]{64}$/;

/** The id that Git gives a blob with these bytes in a repository with SHA-256, as Archivista names what it keeps; 64 hex digits. */
export const gitoidOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

export const isGitoid = (text: string): boolean => FORM.test(text);
