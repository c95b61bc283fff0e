/** What a part of `npm run trust` is. */

export interface TrustOptions {
  /** The part that `npm test` runs: a representative few, well under a minute. */
  readonly quick: boolean;
  /** What is random follows from it; printed, so that a failure can be had again. */
  readonly seed: number;
  /** How many attempts (kills, mutants); null: the part's own number. */
  readonly count: number | null;
  /** How many go on side by side where a part mostly waits; null: the part's own number. */
  readonly lanes: number | null;
}

export interface TrustResult {
  /** One line of numbers, e.g. `40 kills, 112 runs and 60 queue items seen, 0 lost`. */
  readonly summary: string;
  /** How many attempts came to an end, a failure not among them. */
  readonly attempts: number;
  /** Attempts by kind; they need not add up to all, where one is of several kinds. */
  readonly counts?: Readonly<Record<string, number>>;
  /** One sentence each, with what is needed to see it again; empty where all held. */
  readonly failures: readonly string[];
}

export type TrustPart = (options: TrustOptions) => Promise<TrustResult>;
