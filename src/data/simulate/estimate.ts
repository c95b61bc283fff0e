/** What a world would be like, from a few of its rows: before anything is simulated, and while a knob still moves. */
import { openAudience, type Audience } from './audience';
import { clickProbability, commonIntercept, interceptAt, rowsByScenario } from './clicks';
import { exposeAll } from './exposures';
import { noiseFreeAuc } from './fidelity';
import { relatednessOf } from './interests';
import { KNOBS, turnKnobs, type KnobName } from './knobs';
import { layPlan } from './plan';
import { findTwin } from './twins';
import { makeWorld } from './world';
import type { SimulationRequest } from './settings';
import type { Twin, TwinSize } from './spec';

/** What a scenario would be like. */
export interface ScenarioEstimate {
  readonly id: string;
  readonly name: string;
  /** Mean click probability, 0…1. */
  readonly clickRate: number;
  /** Noise-free AUC of the true click probability; null from fewer than `LEAST_ROWS` rows. */
  readonly ceiling: number | null;
  /** Share of its visitors who also visit another scenario, 0…1. */
  readonly shared: number;
}

export interface WorldEstimate {
  readonly scenarios: readonly ScenarioEstimate[];
  /** Rows that were drawn for it. */
  readonly rows: number;
  /** Means over scenarios, each weighted by its share of the traffic. */
  readonly clickRate: number;
  readonly ceiling: number;
  readonly shared: number;
  /** Largest minus smallest click rate of a scenario. */
  readonly rateSpread: number;
  /** Mean true relatedness of two scenarios, −1…1; exact. */
  readonly relatedness: number;
}

/** What the preview of a knob draws. */
export type Measure = 'ceiling' | 'rateSpread' | 'shared' | 'relatedness';

/** What one knob does over its range, all others as they are. */
export interface KnobEffect {
  readonly knob: KnobName;
  /** Ascending, from the least to the greatest. */
  readonly values: readonly number[];
  /** At each value; null where such a world cannot be made. */
  readonly estimates: readonly (WorldEstimate | null)[];
}

/** Rows that are drawn for an estimate, about; scenarios of many need some each. */
const ROWS = 4_000;
/** Rows from which a scenario's own ceiling is said. */
export const LEAST_ROWS = 100;
const VALUES = 5;

/** The twin's small size, with as few rows as tell something of each scenario. */
function fewRows(twin: Twin): TwinSize {
  const { users, items } = twin.sizes.small;
  const least = Math.max(8, Math.round(ROWS / 4 / twin.scenarios.length));
  return { users, items, trainRows: ROWS / 2, validationMin: least, testMin: least };
}

function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

function sharedPeople({ visits, visitors }: Audience): number[] {
  return visitors.map((people) => {
    let shared = 0;
    for (const user of people) if (visits[user]!.length > 1) shared++;
    return shared / people.length;
  });
}

function meanRelatedness(matrix: Float32Array, n: number): number {
  let sum = 0;
  for (let s = 0; s < n; s++) for (let t = 0; t < n; t++) if (s !== t) sum += matrix[s * n + t]!;
  return sum / (n * (n - 1));
}

/**
 * What the simulator would make, estimated from a few thousand rows that its own functions draw in the twin's small size: rates and
 * ceilings carry the chance of so few rows, and of one seed. A size has no part in it.
 *
 * @throws RangeError with one sentence where twin or a knob is wrong, or such a world cannot be made
 */
export function estimateWorld(request: Omit<SimulationRequest, 'size'>): WorldEstimate {
  const twin = findTwin(request.twin);
  const world = makeWorld(twin, fewRows(twin), request.seed, turnKnobs(twin.knobs, request.knobs));
  const audience = finish(openAudience(world));
  const plan = layPlan(world);
  const exposures = finish(exposeAll(world, audience, plan, plan.rows));
  const common = commonIntercept(world, plan, exposures);
  const shared = sharedPeople(audience);
  const scenarios = rowsByScenario(plan, twin.scenarios.length).map((rows, s) => {
    const { id, name } = twin.scenarios[s]!;
    const intercept = interceptAt(world, exposures, rows, s, common);
    const probability = Float32Array.from(rows, (row) =>
      clickProbability(exposures.prominence[row]!, intercept, exposures.logit[row]!),
    );
    return {
      scenario: {
        id,
        name,
        clickRate: probability.reduce((sum, p) => sum + p, 0) / rows.length,
        ceiling: rows.length < LEAST_ROWS ? null : noiseFreeAuc(probability, probability),
        shared: shared[s]!,
      },
      // Of few rows a ceiling says little; in the mean of many scenarios their chance cancels out.
      ceiling: noiseFreeAuc(probability, probability) ?? 0.5,
      share: twin.scenarios[s]!.share,
    };
  });
  const mean = (value: (one: (typeof scenarios)[number]) => number): number =>
    scenarios.reduce((sum, one) => sum + one.share * value(one), 0);
  const rates = scenarios.map(({ scenario }) => scenario.clickRate);
  return {
    scenarios: scenarios.map(({ scenario }) => scenario),
    rows: plan.rows,
    clickRate: mean(({ scenario }) => scenario.clickRate),
    ceiling: mean(({ ceiling }) => ceiling),
    shared: mean(({ scenario }) => scenario.shared),
    rateSpread: Math.max(...rates) - Math.min(...rates),
    relatedness: meanRelatedness(relatednessOf(world.weights, world.knobs.conflict), twin.scenarios.length),
  };
}

/** What one knob does: estimates of five worlds that differ in it alone, drawn with the same random numbers. */
export function knobEffect(request: Omit<SimulationRequest, 'size'>, name: KnobName): KnobEffect {
  const knob = KNOBS.find((one) => one.name === name);
  if (!knob) throw new RangeError(`The simulator has no knob “${name}”.`);
  const values = Array.from(
    { length: VALUES },
    (_, k) => knob.min + ((knob.max - knob.min) * k) / (VALUES - 1),
  );
  const estimates = values.map((value) => {
    try {
      return estimateWorld({ ...request, knobs: { ...request.knobs, [name]: value } });
    } catch (error) {
      // A place that is noticed too seldom for the published click rate: such a world isn't made.
      if (error instanceof RangeError) return null;
      throw error;
    }
  });
  return { knob: name, values, estimates };
}
