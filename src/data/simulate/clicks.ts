import { log, roundTo12Bits, sigmoid } from './arithmetic';
import { permutation, stream } from './random';
import type { Exposures } from './exposures';
import type { Plan } from './plan';
import type { World } from './world';
import { SPLIT } from '../dataset';

/** P(Y=1) = e · σ(a + logit), rounded to 12 significant bits so that it is the same number in memory, in a file and in a drawn label. */
export function clickProbability(prominence: number, intercept: number, logit: number): number {
  return roundTo12Bits(prominence * sigmoid(intercept + logit));
}

/** Row numbers of each scenario, in time order. */
export function rowsByScenario(plan: Plan, scenarios: number): Int32Array[] {
  const counts = new Int32Array(scenarios);
  for (let row = 0; row < plan.rows; row++) counts[plan.scenario[row]!]!++;
  const lists = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < plan.rows; row++) {
    const s = plan.scenario[row]!;
    lists[s]![counts[s]!++] = row;
  }
  return lists;
}

/**
 * The intercept a_s at which a scenario's mean click probability over its rows is the wanted click rate, to 1e-9: Newton's
 * method, kept between bounds by bisection.
 * @throws RangeError where prominence alone keeps the click rate below the wanted one.
 */
function solveIntercept(exposures: Exposures, rows: Int32Array, clickRate: number, name: string): number {
  const most = meanOver(rows, (row) => exposures.prominence[row]!);
  if (most <= clickRate * 1.02) {
    throw new RangeError(
      `Places of ${name} are noticed ${(100 * most).toFixed(1)} % of the time, too seldom for a click rate of ` +
        `${(100 * clickRate).toFixed(1)} %; lower directEffect or positionBias.`,
    );
  }
  let low = -60;
  let high = 60;
  let a = log(clickRate / (1 - clickRate));
  for (let step = 0; step < 100; step++) {
    let value = 0;
    let slope = 0;
    for (let k = 0; k < rows.length; k++) {
      const p = sigmoid(a + exposures.logit[rows[k]!]!);
      const e = exposures.prominence[rows[k]!]!;
      value += e * p;
      slope += e * p * (1 - p);
    }
    const error = value / rows.length - clickRate;
    if (Math.abs(error) < 1e-9) break;
    if (error > 0) high = a;
    else low = a;
    const next = a - (error * rows.length) / slope;
    a = next > low && next < high ? next : (low + high) / 2;
  }
  return a;
}

/**
 * The intercept at which the training rows of all scenarios together are clicked at the published overall rate; 0 where every scenario has a
 * rate of its own.
 */
export function commonIntercept({ twin, knobs }: World, plan: Plan, exposures: Exposures): number {
  if (knobs.baseRate === 1) return 0;
  const training = Int32Array.from(plan.split.keys()).filter((row) => plan.split[row] === SPLIT.train);
  const rate = twin.scenarios.reduce((sum, { share, clickRate }) => sum + share * clickRate, 0);
  return solveIntercept(exposures, training, rate, 'all scenarios');
}

/** The intercept of a scenario: between the common one and its own, as `baseRate` says. */
export function interceptAt(
  { twin, knobs: { baseRate } }: World,
  exposures: Exposures,
  rows: Int32Array,
  scenario: number,
  common: number,
): number {
  // Exact at both ends: with its own rate alone a scenario's clicks are the published ones to the last bit.
  if (baseRate === 0) return common;
  const { clickRate, name } = twin.scenarios[scenario]!;
  const own = solveIntercept(exposures, rows, clickRate, name);
  return baseRate === 1 ? own : common + baseRate * (own - common);
}

function meanOver(rows: Int32Array, value: (row: number) => number): number {
  let sum = 0;
  for (let k = 0; k < rows.length; k++) sum += value(rows[k]!);
  return sum / rows.length;
}

/**
 * Labels of one scenario's rows, each 1 with exactly its probability, drawn by systematic sampling in random order: their sum
 * is the sum of probabilities but for a fraction of one click, in every part and in all, so that a scenario's click rate is
 * free of sampling noise.
 *
 * @param parts row numbers of the scenario's training, validation and test rows.
 */
export function drawLabels(
  world: World,
  scenario: number,
  parts: readonly Int32Array[],
  probability: Float32Array,
  label: Float32Array,
): void {
  const draws = stream(world.seed, 'labels');
  let sum = draws.uniform(scenario, 0);
  parts.forEach((rows, part) => {
    const order = permutation(rows.length, draws, 1 + scenario * parts.length + part);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[order[k]!]!;
      const before = Math.floor(sum);
      sum += probability[row]!;
      label[row] = Math.floor(sum) - before;
    }
  });
}
