/** Whether a gate over fields finds those that count in one scenario only. */
import { auc, weightedMean } from '../metrics';
import type { SpecificField } from '../../data/simulate';
import type { Figure, JudgedRows } from './figures';

/** What a gate let through of rows' fields. */
interface FieldGate {
  /** Weight of each field in each row `[n, F]`. */
  readonly weights: ArrayLike<number>;
  /** Names of the F fields. */
  readonly fields: readonly string[];
}

/** Where rows happened, and what brings each back to its scenario's true share. */
type GatedRows = Pick<JudgedRows, 'scenarios' | 'scenario' | 'weight'>;

/**
 * AUC of a gate's mean weights as a search for the specific fields: each pair of a scenario and a specific field is positive where the field
 * counts in the scenario. 1 where every scenario lets its own field through most, ½ where the gate knows nothing. Of each scenario over its
 * specific fields, of all pairs pooled, and as the mean over scenarios by traffic. Other fields are left out: how wide a gate is open for
 * them is no error. Null where no specific field is gated, and of a scenario without rows.
 */
export function gateRecovery(
  { weights, fields }: FieldGate,
  specific: readonly SpecificField[],
  { scenarios, scenario, weight }: GatedRows,
): Figure {
  const traffic = new Array<number>(scenarios).fill(0);
  const sums = new Float64Array(scenarios * fields.length);
  for (let row = 0; row < scenario.length; row++) {
    const own = scenario[row]!;
    traffic[own]! += weight[row]!;
    for (let f = 0; f < fields.length; f++)
      sums[own * fields.length + f]! += weight[row]! * weights[row * fields.length + f]!;
  }
  const pairs = traffic.map((rows, s) =>
    specific.flatMap(({ name, counts }) => {
      const f = fields.indexOf(name);
      return f < 0 || rows === 0
        ? []
        : [{ mean: sums[s * fields.length + f]! / rows, counts: counts[s] ? 1 : 0 }];
    }),
  );
  const aucOf = (of: readonly { readonly mean: number; readonly counts: number }[]): number | null =>
    auc(
      of.map(({ mean }) => mean),
      of.map(({ counts }) => counts),
      of.map(() => 1),
    );
  const found = pairs.map(aucOf);
  return { overall: aucOf(pairs.flat()), mean: weightedMean(found, traffic), scenarios: found };
}
