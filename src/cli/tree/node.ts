/** One line of a tree, and what hangs below it. */
export interface TreeNode {
  /** As kubectl writes it; Material, Attestation and Statement are parts of a run. */
  readonly kind: string;
  readonly name: string;
  /** How it stands, in one word: the status of a condition, or what `WORDS` has. */
  readonly state: string;
  /** Why, in one word; of a material its type. */
  readonly reason?: string;
  /** Since when it is there, RFC 3339. */
  readonly time?: string;
  /** What else there is to say, in a line. */
  readonly message?: string;
  /** How many more of the last kind there are below, which aren't shown. */
  readonly omitted?: number;
  readonly children: readonly TreeNode[];
}

export type Mood = 'good' | 'bad' | 'open';

/** What each word means; any other is open. */
const WORDS: Readonly<Record<string, Mood>> = {
  ...{
    True: 'good',
    There: 'good',
    Active: 'good',
    Intact: 'good',
    Issued: 'good',
    Accepted: 'good',
    Passed: 'good',
    Signed: 'good',
  },
  ...{ False: 'bad', Missing: 'bad', Altered: 'bad', Expired: 'bad', Refused: 'bad', Violated: 'bad', Failed: 'bad' },
};

export const moodOf = (state: string): Mood => WORDS[state] ?? 'open';
