/** Hidden representations that models offer for projection: one vector a row, or one a row and scenario. */
import type { ProbeSpec } from './definition';

interface Described {
  readonly name: string;
  readonly title: string;
  readonly reading: string;
  readonly equation: string;
}

/** One vector a row `[batch, units]`; a point's scenario is the row's. */
export function rowVectors(described: Described): ProbeSpec {
  return {
    ...described,
    topic: 'representation',
    axes: [{ name: 'row' }, { name: 'unit' }],
    source: 'rows',
    scale: 'value',
  };
}

/** One vector a row and scenario `[batch, N, units]`; a point's scenario is that of the vector. */
export function scenarioVectors(described: Described): ProbeSpec {
  return {
    ...described,
    topic: 'representation',
    axes: [{ name: 'row' }, { name: 'scenario' }, { name: 'unit' }],
    source: 'rows',
    scale: 'value',
  };
}

/** What most networks end with: the layer that the click logit is a linear function of. */
export const lastLayer = rowVectors({
  name: 'lastLayer',
  title: 'Last hidden layer',
  reading: 'The logit is a linear function of this layer, so rows that stand together are scored alike.',
  equation: String.raw`h_L,\quad \hat y = \sigma(w^\top h_L + b)`,
});

/** What a scenario's tower reads of experts that it mixes. */
export const mixedExperts = rowVectors({
  name: 'mixed',
  title: 'Mixed experts, before the tower',
  reading: 'The experts as the row’s own scenario mixes them: scenarios that share their experts overlap.',
  equation: String.raw`f^n(x) = \textstyle\sum_e g^n_e(x)\, f_e(x)`,
});
