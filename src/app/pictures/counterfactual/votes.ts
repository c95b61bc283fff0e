/** CausalInt's votes ŷ(d→p) beside the simulator's true counterfactual click rates. */
import type { HeatValues } from '../../charts/heatDraw';
import type { Cell } from '../../figure/types';

export interface VotesComparison {
  /** Root of the mean squared difference over cells off the diagonal; null where no truth is known. */
  readonly error: number | null;
  /** Mean difference (vote minus truth) over the same cells. */
  readonly bias: number | null;
}

export function compareVotes(votes: HeatValues, truth: Float32Array | null): VotesComparison {
  if (!truth) return { error: null, bias: null };
  let squares = 0;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < votes.rows; row++) {
    for (let column = 0; column < votes.columns; column++) {
      const cell = row * votes.columns + column;
      if (row === column || (votes.defined !== null && votes.defined[cell] !== 1)) continue;
      const difference = votes.values[cell]! - truth[cell]!;
      squares += difference * difference;
      sum += difference;
      count++;
    }
  }
  return count === 0 ? { error: null, bias: null } : { error: Math.sqrt(squares / count), bias: sum / count };
}

/** The figure's table: a row for every scenario shown in and every scenario voting; the first `limit` of them. */
export function voteRows(
  votes: HeatValues,
  truth: Float32Array | null,
  labels: readonly { readonly label: string }[],
  limit = Number.POSITIVE_INFINITY,
): readonly (readonly Cell[])[] {
  const count = labels.length;
  return Array.from({ length: Math.min(limit, count * count) }, (_, k): readonly Cell[] => {
    const [row, column] = [Math.floor(k / count), k % count];
    const cell = row * votes.columns + column;
    const vote = votes.defined !== null && votes.defined[cell] !== 1 ? null : votes.values[cell]!;
    const right = truth?.[cell] ?? null;
    return [
      labels[row]!.label,
      labels[column]!.label,
      vote,
      right,
      vote === null || right === null ? null : vote - right,
    ];
  });
}
