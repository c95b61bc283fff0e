/** The states that AREAD's model shares with its training: masks, phase, and the gates' running sums. */
import { assignState } from '../../../engine';
import type { StateTensor } from '../../../engine';
import type { MaskLayout } from '../../../models/papers/aread/masks';
import { areadStates } from '../../../models/papers/aread/maskStates';
import type { Trainer } from '../../trainer';

export interface States {
  readonly masks: readonly StateTensor[];
  readonly phase: StateTensor;
  readonly gateSum: StateTensor;
  readonly gateCount: StateTensor;
}

export function statesOf(trainer: Pick<Trainer, 'model'>, layout: MaskLayout): States {
  const find = (name: string): StateTensor => {
    const found = trainer.model.states.find((state) => state.name === name);
    if (!found) throw new RangeError(`The model has no state ${name}; mask search trains AREAD only.`);
    return found;
  };
  return {
    masks: layout.transitions.map((_, t) => find(areadStates.mask(t + 2))),
    phase: find(areadStates.phase),
    gateSum: find(areadStates.gateSum),
    gateCount: find(areadStates.gateCount),
  };
}

export function zero(state: StateTensor): void {
  assignState(state, new Float32Array(state.tensor.size));
}

/** Values of a state in a snapshot. @throws RangeError where it lacks them */
function valuesOf(theta: Readonly<Record<string, Float32Array>>, state: StateTensor): Float32Array {
  const values = theta[state.name];
  if (!values) throw new RangeError(`The snapshot lacks "${state.name}"; it belongs to another model.`);
  return values;
}

/** Mean gates by scenario `[N * E]`; a scenario without rows since the last search gets the mean over all. */
export function meanGates(sums: Float32Array, counts: Float32Array, edges: number): Float32Array {
  const all = new Float64Array(edges);
  let rows = 0;
  counts.forEach((count, d) => {
    rows += count;
    for (let e = 0; e < edges; e++) all[e]! += sums[d * edges + e]!;
  });
  return Float32Array.from(sums, (sum, at) => {
    const count = counts[Math.floor(at / edges)]!;
    return count > 0 ? sum / count : all[at % edges]! / Math.max(1, rows);
  });
}

/** Present masks `[N * E]` from a snapshot's states. */
export function presentMasks(
  theta: Readonly<Record<string, Float32Array>>,
  states: States,
  layout: MaskLayout,
  scenarios: number,
): Float32Array {
  const out = new Float32Array(scenarios * layout.edges);
  states.masks.forEach((state, t) => {
    const { rows, columns, offset } = layout.transitions[t]!;
    const size = rows * columns;
    const values = valuesOf(theta, state);
    for (let d = 0; d < scenarios; d++)
      out.set(values.subarray(d * size, (d + 1) * size), d * layout.edges + offset);
  });
  return out;
}
