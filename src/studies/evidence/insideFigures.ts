/** Figures of a run's inside, for studies: what its probes say that a claim is about. Read from its events alone; they judge, they choose nothing. */
import { layoutFromLabels, maskDensity, maskOverlap } from '../../models/papers/aread/maskReading';
import type { MaskLayout } from '../../models/papers/aread/maskReading';
import { weightedMean } from '../../training/metrics';
import { adjustedRand, clusters, rankCorrelation } from '../statistics';
import type { ProbeFrame, RunState } from '../../training/reduceRun';
import type { Figures } from './format';
import { groupNumbers } from './groupNumbers';

/** What of a run's state the figures are read from. */
type Inside = Pick<RunState, 'frames' | 'probeSpecs' | 'scenarios' | 'relatedness' | 'bestStep' | 'step'>;

/** A figure of the whole model: it has no scenarios. */
const whole = (overall: number | null): Figures => ({ overall, mean: null, scenarios: [] });

const framesOf = ({ frames }: Inside, name: string): readonly ProbeFrame[] => frames.get(name)?.points ?? [];

/** The AUC of telling intervened rows by low coefficients, of the table under which the best step was trained. */
function recovery(run: Inside): Record<string, Figures> {
  const tables = framesOf(run, 'fairnessRecovery');
  const acted = tables.filter(({ step }) => run.bestStep === null || step < run.bestStep);
  const table = acted.at(-1);
  return table ? { recoveryAuc: whole(table.value.defined[0] ? table.value.values[0]! : null) } : {};
}

/** @param suffix of the figures' names */
function maskFigures(
  run: Inside,
  layout: MaskLayout,
  masks: Float32Array,
  suffix: string,
): Record<string, Figures> {
  const { scenarios, relatedness } = run;
  const n = scenarios.length;
  const tree = groupNumbers(scenarios);
  const densities = scenarios.map((_, d) =>
    maskDensity(masks.subarray(d * layout.edges, (d + 1) * layout.edges)),
  );
  const shares = scenarios.map(({ share }) => share);
  const found: Record<string, Figures> = {
    [`density${suffix}`]: {
      overall: maskDensity(masks),
      mean: weightedMean(densities, shares),
      scenarios: densities,
    },
  };
  // All edges, then the edges to layer 2, 3, …
  for (const transition of [null, ...layout.transitions.keys()]) {
    const overlap = maskOverlap(layout, masks, transition);
    const name = `${transition === null ? '' : transition + 2}${suffix}`;
    if (tree)
      found[`overlapTree${name}`] = whole(adjustedRand(clusters(overlap, n, tree.groups), tree.group));
    if (relatedness) found[`overlapRelatedness${name}`] = whole(rankCorrelation(overlap, relatedness, n));
  }
  return found;
}

/**
 * `density`, `overlapTree` and `overlapRelatedness` of the masks that the best weights have, and under `…Last` of those that
 * the last search left; a number after the name is the layer that the edges lead to.
 */
function masksOf(run: Inside): Record<string, Figures> {
  const labels = run.probeSpecs
    .find(({ name }) => name === 'masks')
    ?.axes.find(({ name }) => name === 'edge')?.labels;
  const frames = framesOf(run, 'masks');
  const best = frames.at(-1);
  if (!labels || !best) return {};
  const layout = layoutFromLabels(labels);
  const searched = framesOf(run, 'chosenCandidate').at(-1)?.step ?? null;
  // At the last step the best weights' masks stand in the place of the last ones.
  const last =
    searched === null ? undefined : frames.filter(({ step }) => step > searched && step < run.step).at(-1);
  return {
    ...maskFigures(run, layout, best.value.values, ''),
    ...(last && maskFigures(run, layout, last.value.values, 'Last')),
  };
}

/**
 * SAR-Net's `recoveryAuc` and AREAD's `density`, `overlapTree`, `overlapRelatedness`; of other models nothing.
 *
 * @param run the state of a run that is done
 */
export function insideFigures(run: Inside): Record<string, Figures> {
  return { ...recovery(run), ...masksOf(run) };
}
