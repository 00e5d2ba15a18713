import type { Command } from 'commander';
import type { WebIdentity } from './access.ts';

/** The flags of a process that opens stores by the identity of its pod. */
export interface WebIdentityFlags {
  /** The file with the token that says to other services who the pod is. */
  readonly webIdentityTokenFile?: string;
  /** Where that token is exchanged for credentials of S3; absent, at Amazon's. */
  readonly stsEndpoint?: string;
}

/** A command that takes these flags too. */
export const withWebIdentity = (command: Command): Command =>
  command
    .option(
      '--web-identity-token-file <file>',
      'token that S3 stores with spec.s3.webIdentity are opened with',
      process.env.AWS_WEB_IDENTITY_TOKEN_FILE,
    )
    .option(
      '--sts-endpoint <url>',
      "where that token is exchanged for credentials (default: Amazon's, of the store's region)",
      process.env.AWS_ENDPOINT_URL_STS,
    );

export const webIdentityOf = ({ webIdentityTokenFile, stsEndpoint }: WebIdentityFlags): WebIdentity => ({
  tokenFile: webIdentityTokenFile,
  stsEndpoint,
});
