/** What votes, sweeps and maps of scenarios come to, in words, from the numbers on show. Null: nothing can be said yet. */
import { DEFINED } from '../../charts/heatDraw';
import type { HeatValues } from '../../charts/heatDraw';
import { extremesOf } from './extremes';
import { formatAuc, formatNumber, formatPercent, formatSigned } from '../../format';

interface Named {
  readonly label: string;
}

const isThere = ({ defined }: HeatValues, cell: number): boolean =>
  defined === null || defined[cell] === DEFINED;

/** Differences below this are of no size that a headline should tell. */
const EVEN = 1e-6;

/**
 * CausalInt's votes: how far they are from the truth where it is known, else where another scenario's expert sees a row most
 * differently from its own.
 *
 * @param votes click rates `[shown in, voted by]`
 * @param truth the true rates of the same cells
 */
export function votesHeadline(
  votes: HeatValues,
  truth: ArrayLike<number> | null,
  labels: readonly Named[],
): string | null {
  if (votes.rows === 1) return 'With one scenario no other expert votes on its rows.';
  let most: { row: number; column: number; vote: number; right: number } | null = null;
  let [sum, count] = [0, 0];
  for (let row = 0; row < votes.rows; row++) {
    const own = row * (votes.columns + 1);
    for (let column = 0; column < votes.columns; column++) {
      const cell = row * votes.columns + column;
      if (row === column || !isThere(votes, cell) || (!truth && !isThere(votes, own))) continue;
      const vote = votes.values[cell]!;
      // Its own vote where no truth is known.
      const right = truth ? truth[cell]! : votes.values[own]!;
      sum += vote - right;
      count++;
      if (!most || Math.abs(vote - right) > Math.abs(most.vote - most.right))
        most = { row, column, vote, right };
    }
  }
  if (!most) return null;
  const name = (index: number): string => labels[index]?.label ?? String(index + 1);
  if (Math.abs(most.vote - most.right) < EVEN)
    return truth
      ? 'Every vote on another scenario’s rows is the true rate.'
      : 'Other scenarios’ experts vote as each row’s own does.';
  const where = `${name(most.column)}’s expert on rows of ${name(most.row)}`;
  if (!truth)
    return `Votes differ most from a row’s own expert for ${where}: ${formatPercent(most.vote)}, its own ${formatPercent(most.right)}.`;
  const bias = sum / count;
  const side = Math.abs(bias) < EVEN ? 'neither too high nor too low' : bias > 0 ? 'too high' : 'too low';
  const by = Math.abs(bias) < EVEN ? '' : ` by ${formatPercent(Math.abs(bias))}`;
  return `On average votes are ${side}${by}; furthest off is ${where}: ${formatPercent(most.vote)}, truly ${formatPercent(most.right)} (simulated).`;
}

/** A sweep of retrained runs: which value ranks best and by how much. */
export function sweepHeadline(
  points: readonly { readonly alpha: number; readonly overall: number | null }[],
): string | null {
  const known = points.flatMap(({ alpha, overall }) => (overall === null ? [] : [{ alpha, auc: overall }]));
  if (points.length === 0) return null;
  if (known.length === 0) return 'No run of the sweep has an AUC that is defined.';
  if (known.length === 1)
    return `One value so far: α = ${formatNumber(known[0]!.alpha)} reaches ${formatAuc(known[0]!.auc)}.`;
  const best = known.reduce((a, b) => (b.auc > a.auc ? b : a));
  const worst = known.reduce((a, b) => (b.auc < a.auc ? b : a));
  if (best.auc - worst.auc < EVEN)
    return `All ${known.length} values of α rank alike: ${formatAuc(best.auc)}.`;
  return `Of ${known.length} values α = ${formatNumber(best.alpha)} ranks best, ${formatAuc(best.auc)}; the worst, α = ${formatNumber(worst.alpha)}, is ${formatNumber(best.auc - worst.auc)} below.`;
}

interface GridOfAuc {
  readonly alphas: readonly number[];
  readonly cs: readonly number[];
  /** `[alphas, cs]`; NaN is undefined. */
  readonly values: ArrayLike<number>;
}

/** The grid c × α: the best pair, and what c alone is worth there. */
export function gridHeadline({ alphas, cs, values }: GridOfAuc): string | null {
  const cells = alphas
    .flatMap((alpha, row) =>
      cs.map((c, column) => ({ row, alpha, c, auc: values[row * cs.length + column]! })),
    )
    .filter(({ auc }) => Number.isFinite(auc));
  if (alphas.length === 0 || cs.length === 0) return null;
  if (cells.length === 0) return 'No cell of the grid has an AUC that is defined.';
  const best = cells.reduce((a, b) => (b.auc > a.auc ? b : a));
  const lowest = cells.reduce((a, b) => (b.auc < a.auc ? b : a));
  if (best.auc - lowest.auc < EVEN)
    return `No pair of c and α ranks better than another: ${formatAuc(best.auc)}.`;
  const row = cells.filter((cell) => cell.row === best.row);
  const least = row.reduce((a, b) => (b.auc < a.auc ? b : a));
  const gain = row.length > 1 ? `; with that α, c is worth up to ${formatNumber(best.auc - least.auc)}` : '';
  return `Best are c = ${formatNumber(best.c)} and α = ${formatNumber(best.alpha)}: ${formatAuc(best.auc)}${gain}.`;
}

/** Scenarios as points: who stands furthest apart, and how much of the truth two axes hold. */
export function projectionHeadline(
  points: ArrayLike<number>,
  share: readonly [number, number],
  labels: readonly Named[],
): string | null {
  const n = labels.length;
  if (n === 0) return null;
  if (n === 1) return `With one scenario, ${labels[0]!.label}, nothing can stand apart.`;
  let most = { a: 0, b: 1, distance: -1 };
  for (let a = 0; a < n; a++)
    for (let b = a + 1; b < n; b++) {
      const distance = Math.hypot(points[2 * a]! - points[2 * b]!, points[2 * a + 1]! - points[2 * b + 1]!);
      if (distance > most.distance) most = { a, b, distance };
    }
  if (!(share[0] + share[1] > 0) || most.distance <= 0) return 'The model represents all scenarios alike.';
  return `${labels[most.a]!.label} and ${labels[most.b]!.label} stand furthest apart; these two axes hold ${formatPercent(share[0] + share[1])} of the variance.`;
}

/** A matrix of distances or cosines between scenarios: the nearest pair and the furthest. */
export function pairsHeadline(
  data: HeatValues,
  labels: readonly Named[],
  { larger, quantity }: { readonly larger: 'alike' | 'apart'; readonly quantity: string },
): string | null {
  if (data.rows === 1) return 'With one scenario there is no pair to compare.';
  const pairs = extremesOf(data, true);
  if (!pairs) return null;
  const { most: highest, least: lowest } = pairs;
  const [near, far] = larger === 'alike' ? [highest, lowest] : [lowest, highest];
  const name = ({ row, column }: { readonly row: number; readonly column: number }): string =>
    `${labels[row]?.label ?? row + 1} and ${labels[column]?.label ?? column + 1}`;
  if (highest.value - lowest.value < EVEN)
    return `All pairs are alike: ${quantity} ${formatNumber(highest.value)}.`;
  return pairs.count <= 2
    ? `${name(near)}: ${quantity} ${formatNumber(near.value)}.`
    : `Most alike are ${name(near)} (${quantity} ${formatNumber(near.value)}), least alike ${name(far)} (${formatNumber(far.value)}).`;
}

/** Numbers over the run: where each stands now, and from where it came. */
export function trendHeadline(
  quantity: string,
  points: readonly { readonly step: number; readonly value: number | null }[],
): string | null {
  const known = points.flatMap(({ step, value }) => (value === null ? [] : [{ step, value }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return points.length === 0 ? null : `The ${quantity} is undefined so far.`;
  if (first === last || Math.abs(last.value - first.value) < EVEN)
    return `The ${quantity} is ${formatNumber(last.value)} at step ${last.step}${first === last ? '' : ', as at the start'}.`;
  return `The ${quantity} is ${formatNumber(last.value)} at step ${last.step}, ${formatSigned(last.value - first.value, 3)} since step ${first.step}.`;
}
