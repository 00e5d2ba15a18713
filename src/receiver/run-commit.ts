import { withoutCredentials } from '../api/addresses.ts';
import type { CommitMessage } from '../api/messages.ts';
import { Problem } from '../api/problem.ts';
import type { RunCommit, RunCommitSignature } from '../api/types.gen.ts';
import { readCommit, type SignatureIn } from '../git/commit.ts';
import { isCommitOf } from '../git/object-hash.ts';
import { describeSignature } from '../git/signature.ts';
import { decodeBase64 } from '../verify/base64.ts';

const MAX_ARMORED = 8192;
const MAX_SIGNER = 1024;
const MAX_ISSUER = 2048;

/**
 * The commit as a run keeps it. Where its object came along, everything but the remotes is read from that, so that nobody can
 * claim another author for a hash. Throws `digest-mismatch` for the object of another commit, `commit-invalid` for one
 * that readers would differ on.
 */
export function commitOf({ object, remotes, ...claimed }: CommitMessage): RunCommit {
  return {
    ...(object === undefined ? { ...claimed, proven: false } : provenCommit(claimed.sha, object)),
    // Everybody who may read runs would read what they hold of secrets.
    ...(remotes === undefined
      ? {}
      : { remotes: remotes.map(({ name, url }) => ({ name, url: withoutCredentials(url) })) }),
  };
}

function provenCommit(sha: string, object: string): RunCommit {
  const bytes = decodeBase64(object);
  const at = '/commit/object';
  if (bytes === undefined) {
    const errors = [{ at, message: 'must be base64' }];
    throw new Problem('request-invalid', 'the object of the commit is not base64', { errors });
  }
  if (!isCommitOf(sha, bytes)) {
    throw new Problem('digest-mismatch', `the object of the commit does not have the hash ${sha}`, {
      errors: [{ at, message: `must be what \`git cat-file commit ${sha}\` prints, byte for byte` }],
      hint: 'a replaced commit (git replace) has another hash: read it with git --no-replace-objects',
    });
  }
  const reading = readCommit(bytes, sha.length === 64 ? 64 : 40);
  if (!reading.ok) {
    const { at: line, message } = reading.finding;
    throw new Problem('commit-invalid', `the commit ${sha} can't be read without doubt: ${line} ${message}`, {
      errors: [{ at, message: `${line} ${message}` }],
      hint: 'open the run without commit.object: what is said of the commit then counts as claimed',
    });
  }
  const { signature, ...facts } = reading.facts;
  return { sha, ...facts, proven: true, ...(signature === undefined ? {} : { signature: signatureOf(signature) }) };
}

/** A name that is too long is left out: one that is cut would be another. */
function signatureOf(found: SignatureIn): RunCommitSignature {
  const { armored } = found;
  const { signer, issuer, ...facts } = describeSignature(found);
  return {
    ...facts,
    ...(signer === undefined || signer.length > MAX_SIGNER ? {} : { signer }),
    ...(issuer === undefined || issuer.length > MAX_ISSUER ? {} : { issuer }),
    ...(armored.length > MAX_ARMORED ? {} : { armored }),
  };
}
