import { drawIndex, cumulative, permutation, stream } from './random';
import type { World } from './world';
import { SPLIT } from '../dataset';

/** When and where every row happens, in time order. Who and what follow later. */
export interface Plan {
  readonly rows: number;
  readonly scenario: Int16Array;
  readonly split: Uint8Array;
  /** Seconds since the epoch, whole. */
  readonly timestamp: Float64Array;
  /** Weight to a scenario's true share `[rows]`. */
  readonly weight: Float32Array;
  /** 1 for evaluation rows beyond the natural traffic: they happen, but leave no trace in histories. */
  readonly surplus: Uint8Array;
}

/** Hourly traffic, 0 h to 23 h, relative. Chosen by us: a night's dip and an evening peak. */
const HOURLY = [3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 5, 5, 5, 5, 5, 6, 7, 8, 8, 7, 5];
const HOURLY_SUMS = cumulative(HOURLY);

/** Share of a day → second of that day, by hourly traffic; monotone. */
function secondOfDay(share: number): number {
  const total = HOURLY_SUMS[23]!;
  const hour = drawIndex(HOURLY_SUMS, share);
  const before = hour === 0 ? 0 : HOURLY_SUMS[hour - 1]!;
  return Math.floor(3600 * (hour + (share * total - before) / HOURLY[hour]!));
}

/** Whole numbers that add up to `total`, as near to `total · shares` as can be (largest remainder), at least 1 each. */
function apportion(total: number, shares: readonly number[]): number[] {
  const exact = shares.map((share) => share * total);
  const counts = exact.map((x) => Math.max(1, Math.floor(x)));
  const order = exact
    .map((x, s) => ({ s, remainder: x - Math.floor(x) }))
    .sort((a, b) => b.remainder - a.remainder || a.s - b.s);
  let left = total - counts.reduce((a, b) => a + b, 0);
  for (let k = 0; left > 0; k = (k + 1) % order.length, left--) counts[order[k]!.s]!++;
  return counts;
}

/** Lays out all rows: 80 % of the time trains, 10 % validates, 10 % tests; evaluation is topped up for small scenarios. */
export function layPlan(world: World): Plan {
  const { twin, size, seed } = world;
  const shares = twin.scenarios.map((s) => s.share);
  const natural = Math.round(size.trainRows / 8);
  const parts = [
    { split: SPLIT.train, from: 0, days: 0.8 * twin.days, total: size.trainRows, least: 0 },
    {
      split: SPLIT.validation,
      from: 0.8 * twin.days,
      days: 0.1 * twin.days,
      total: natural,
      least: size.validationMin,
    },
    { split: SPLIT.test, from: 0.9 * twin.days, days: 0.1 * twin.days, total: natural, least: size.testMin },
  ].map((part) => ({
    ...part,
    counts: apportion(part.total, shares).map((count) => Math.max(count, part.least)),
  }));
  const rows = parts.reduce((sum, part) => sum + part.counts.reduce((a, b) => a + b, 0), 0);
  const plan = {
    rows,
    scenario: new Int16Array(rows),
    split: new Uint8Array(rows),
    timestamp: new Float64Array(rows),
    weight: new Float32Array(rows).fill(1),
    surplus: new Uint8Array(rows),
  };
  const draws = stream(seed, 'plan');
  let at = 0;
  for (const part of parts) {
    const count = part.counts.reduce((a, b) => a + b, 0);
    const order = permutation(count, draws, part.split);
    let k = 0;
    for (let s = 0; s < shares.length; s++) {
      const expected = shares[s]! * part.total;
      // Apportioning moves a count by less than one row; only rows beyond that are surplus.
      const keep = part.counts[s]! - expected < 1 ? 1 : expected / part.counts[s]!;
      for (let c = 0; c < part.counts[s]!; c++) {
        const row = at + order[k++]!;
        plan.scenario[row] = s;
        plan.weight[row] = keep;
        plan.surplus[row] = keep < 1 && draws.uniform(row, 7) >= keep ? 1 : 0;
      }
    }
    for (let r = 0; r < count; r++) {
      const place = part.from + (part.days * (r + draws.uniform(at + r, 8))) / count;
      const day = Math.floor(place);
      plan.timestamp[at + r] = twin.start + day * 86_400 + secondOfDay(place - day);
      plan.split[at + r] = part.split;
    }
    at += count;
  }
  return plan;
}
