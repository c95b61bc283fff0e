/** The numbers of a ranking, for a handful of rows: by pairs, as they are defined. */

export interface Ranked {
  readonly score: number;
  /** Share of a click: 0 or 1 where it was drawn, a probability where the truth is asked. */
  readonly click: number;
}

/** AUC by pairs: how often the more clicked row of two has the higher score; ties count half. Null without both kinds. */
export function aucByPairs(rows: readonly Ranked[]): number | null {
  let [won, pairs] = [0, 0];
  for (const a of rows) {
    for (const b of rows) {
      if (a === b) continue;
      // The chance that a is clicked and b is not.
      const weight = a.click * (1 - b.click);
      pairs += weight;
      won += weight * (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0);
    }
  }
  return pairs > 0 ? won / pairs : null;
}

/** By how much learning together changed a scenario's noise-free AUC; below 0 it is negative transfer. */
export function negativeTransfer(together: number, alone: number): number {
  return together - alone;
}
