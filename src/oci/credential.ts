/** What a caller shows to a registry, as `docker login` keeps it. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, which is changed into tokens for one repository. */
  | { readonly kind: 'identityToken'; readonly token: string }
  /** A token that the registry itself takes. */
  | { readonly kind: 'registryToken'; readonly token: string };

/** What is to be shown to the registry of a host for a repository of it; undefined for nothing. */
export type CredentialSource = (host: string, repository: string) => Promise<Credential | undefined>;

/** The value of `Authorization` for a name and a password (RFC 7617). */
export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
