import type { PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';

/**
 * The command with the SHA-256 of its body known: the signature covers it, so that every server has to check it, and the library
 * need not work it out again.
 */
export function signedFor<T extends PutObjectCommand | UploadPartCommand>(command: T, sha256: Buffer): T {
  // Of the two kinds, which don't differ in what is done here.
  const { middlewareStack } = command as PutObjectCommand;
  middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers['x-amz-content-sha256'] = sha256.toString('hex');
      return next(args);
    },
    { step: 'build' },
  );
  return command;
}
