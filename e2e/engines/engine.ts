/** Other browsers than Chromium, as a spec drives them: by the two standards that Debian's packages speak. */

export interface Engine {
  /** Opens an address and waits until it is loaded. */
  open(address: string): Promise<void>;
  /** Value of an expression in the page; must fit into JSON. */
  read<T>(expression: string): Promise<T>;
  /** Errors that the page's console said so far; empty where the browser does not tell. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Waits between two questions. */
const PAUSE = 100;

/**
 * Asks until the answer holds. What is waited for comes within seconds on an idle machine; the limit only ends what hangs.
 * @throws Error with what was asked for and the last answer
 */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  what: string,
  seconds = 180,
): Promise<T> {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > end) throw new Error(`Not within ${seconds} s: ${what}; last ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
