/** What a failed reconcile leads to. */
export type Disposition =
  /** Tried again after the key's back-off, and not before `atLeastMs`. */
  | { readonly kind: 'retry'; readonly atLeastMs?: number }
  /** Tried again like that, but no error: somebody else was faster. */
  | { readonly kind: 'conflict' }
  /** No error, and nothing to try: a change that is on its way says when to look again. */
  | { readonly kind: 'wait' }
  /** Trying again can't help; looked at again after a while all the same, since what is around it may change. */
  | { readonly kind: 'permanent' };
