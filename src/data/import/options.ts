/** How an import is run: limits, seed, progress, cancelling. */

export interface ImportProgress {
  readonly phase: 'reading' | 'looking' | 'building';
  /** 0…1 of this phase. */
  readonly fraction: number;
  /** Rows seen so far. */
  readonly rows: number;
}

export interface ReadOptions {
  /** Rows kept at most; a longer file is sampled. */
  readonly maxRows?: number;
  /** Bytes of row text kept at most; a larger file is sampled. */
  readonly maxBytes?: number;
  /** Seed of the sample. */
  readonly seed?: number;
  /** Name shown for a source that has none (bytes). */
  readonly name?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Cancels: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How the text is read, where the guess was wrong. */
  readonly dialect?: Partial<Dialect>;
}

/** How a text file is laid out. `null` (or absent) is guessed from the first rows. */
export interface Dialect {
  /** Any text; `,` tab `::` `;` `|` and `\u0001` are guessed. */
  readonly delimiter: string | null;
  /** A label that `TextDecoder` knows, e.g. `utf-8`, `gb18030`, `windows-1252`. */
  readonly encoding: string | null;
  /** Whether the first row names the columns. */
  readonly header: boolean | null;
  /** Whether `"` quotes cells. */
  readonly quotes: boolean | null;
}

/** A million rows of 30 columns are 120 MB of codes: what a tab can hold beside a training run. */
export const defaultMaxRows = 1_000_000;
export const defaultMaxBytes = 256 * 2 ** 20;

/** Bytes read at a time; small enough that progress moves and cancelling is felt at once. */
export const chunkBytes = 2 ** 20;

/** @throws the signal's reason when it was aborted. */
export function checkAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}

/** Lets messages (a cancel, a progress bar) through between two pieces of work. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
