/** How far a model's counterfactual click rates are from the simulator's. */
import type { Figure } from './figures';

/** Rows with a click probability in every scenario, estimated and true. */
interface CounterfactualRows {
  /** Number of scenarios N. */
  readonly scenarios: number;
  /** Where a row happened `[n]`. */
  readonly scenario: ArrayLike<number>;
  /** Brings a row back to its scenario's true share `[n]`. */
  readonly weight: ArrayLike<number>;
}

/**
 * Mean absolute error, in probability, of estimates of what a row's click rate would have been in the scenarios that it did not happen in:
 * over the rows of each scenario, over all rows, and as the mean over scenarios by traffic (which is the same). Null without a row, or
 * with one scenario.
 *
 * @param estimate click probability of each row in each scenario `[n * N]`
 * @param truth the same, true
 */
export function votesError(
  estimate: ArrayLike<number>,
  truth: ArrayLike<number>,
  { scenarios, scenario, weight }: CounterfactualRows,
): Figure {
  const errors = new Float64Array(scenarios);
  const traffic = new Float64Array(scenarios);
  for (let row = 0; row < scenario.length; row++) {
    const own = scenario[row]!;
    let error = 0;
    for (let p = 0; p < scenarios; p++) {
      if (p !== own) error += Math.abs(estimate[row * scenarios + p]! - truth[row * scenarios + p]!);
    }
    errors[own]! += weight[row]! * error;
    traffic[own]! += weight[row]!;
  }
  const others = scenarios - 1;
  const total = traffic.reduce((sum, rows) => sum + rows, 0);
  const overall =
    total > 0 && others > 0 ? errors.reduce((sum, error) => sum + error, 0) / (total * others) : null;
  return {
    overall,
    mean: overall,
    scenarios: Array.from(errors, (error, s) =>
      traffic[s]! > 0 && others > 0 ? error / (traffic[s]! * others) : null,
    ),
  };
}
