/** Fairness coefficients (SAR-Net, Eq 1) from a scored log. */

export interface ScoredLog {
  /** Item, scenario and value (prediction or click) of each logged row; all of one length. */
  readonly item: Int32Array;
  readonly scenario: Int16Array;
  readonly value: Float32Array;
}

export interface CoefficientLimits {
  /** Coefficients are held in [1/limit, limit]. */
  readonly limit: number;
  /** A pair of item and scenario with fewer rows keeps 1. */
  readonly minimum: number;
}

/** Sum of values and number of rows, by pair and by scenario. */
interface Sums {
  readonly value: Map<number, number>;
  readonly rows: Map<number, number>;
}

function add({ value, rows }: Sums, key: number, amount: number): void {
  value.set(key, (value.get(key) ?? 0) + amount);
  rows.set(key, (rows.get(key) ?? 0) + 1);
}

const emptySums = (): Sums => ({ value: new Map(), rows: new Map() });

/**
 * `FC(i, s) = (F(i,s) / Σ_i F(i,s)) / (PV(i,s) / Σ_i PV(i,s))`: the share of an item in what its scenario's rows are predicted to
 * earn, over its share in what was shown. It equals the pair's mean value over the scenario's mean value, so its mean over
 * a scenario's rows is 1.
 *
 * @returns the coefficient of every row of the log, before limits; 1 where a scenario's values sum to 0
 */
export function fairnessCoefficients({ item, scenario, value }: ScoredLog): Float64Array {
  const pairs = emptySums();
  const scenarios = emptySums();
  const scenarioCount = scenario.reduce((most, s) => Math.max(most, s + 1), 0);
  const keyOf = (row: number): number => item[row]! * scenarioCount + scenario[row]!;
  for (let row = 0; row < item.length; row++) {
    add(pairs, keyOf(row), value[row]!);
    add(scenarios, scenario[row]!, value[row]!);
  }
  return Float64Array.from(item, (_, row) => {
    const key = keyOf(row);
    const s = scenario[row]!;
    const whole = scenarios.value.get(s)!;
    if (whole === 0) return 1;
    return pairs.value.get(key)! / whole / (pairs.rows.get(key)! / scenarios.rows.get(s)!);
  });
}

/** The coefficients as training uses them: limited, and 1 for pairs with too few rows to say anything. */
export function limitedCoefficients(
  log: ScoredLog,
  { limit, minimum }: CoefficientLimits,
): Float32Array<ArrayBuffer> {
  const rows = new Map<string, number>();
  const keys = Array.from(log.item, (item, row) => `${item} ${log.scenario[row]!}`);
  for (const key of keys) rows.set(key, (rows.get(key) ?? 0) + 1);
  return Float32Array.from(fairnessCoefficients(log), (coefficient, row) =>
    rows.get(keys[row]!)! < minimum ? 1 : Math.min(limit, Math.max(1 / limit, coefficient)),
  );
}

/** The k/buckets quantiles of values, k = 1 … buckets - 1, ascending. */
export function quantileBoundaries(values: Float32Array, buckets: number): Float32Array {
  const sorted = values.slice().sort();
  return Float32Array.from(
    { length: buckets - 1 },
    (_, k) => sorted[Math.min(sorted.length - 1, Math.floor(((k + 1) * sorted.length) / buckets))] ?? 0,
  );
}
