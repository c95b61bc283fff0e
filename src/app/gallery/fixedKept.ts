/** Made-up kept runs, for pictures of several: a sweep over α and an ablation. Less of them is there while a run is live. */
import { findModel } from '../../models/registry';
import { ablationRuns, rowChoices } from '../../studies/ablation/rows';
import type { Ablation, FinalMetrics } from '../../studies/ablation/ablation';
import type { RunSetup } from '../../training/runRecord';
import type { RunSummary } from '../../workers/protocol';
import { drawnAucKind } from '../pictures/curves/curves';
import { rememberSweep } from '../pictures/counterfactual/sweepMemory';
import { useFinalMetrics } from '../store/finalMetrics';
import { useRuns } from '../store/runs';
import type { RunView } from '../store/runView';
import { useSetup } from '../store/setup';
import { draws, fixedScenarios } from './fixedData';
import type { Size } from './fixedData';
import { fixedMetrics, fixedRun, STEPS } from './fixedRun';
import type { Phase } from './fixedRun';

const ALPHAS = [0.05, 0.1, 0.3, 1];
const CS = [0, 0.25, 0.5, 0.75, 1];
const SEEDS = 3;
const ABLATED = 'causalint';

/** How many of `all` are done: none before a run begins, a part of them while it is live. */
const doneOf = (all: number, phase: Phase): number =>
  phase === 'empty' ? 0 : phase === 'live' ? Math.ceil(all / 2) : all;

/** The last metrics of the k-th run: its own draw. */
const finalOf = (size: Size, k: number) => fixedMetrics(size, STEPS + 10 * (k + 1));

function summaryOf(id: string, setup: RunSetup): RunSummary {
  const described = {
    name: id,
    createdAt: '2026-01-01T00:00:00.000Z',
    datasetTitle: 'Made-up data (simulated)',
  };
  const kept = { status: 'done', step: STEPS, hasWeights: true, hasCheckpoint: false } as const;
  return { id, setup, ...described, ...kept, domainAuc: null, domainNoiseFreeAuc: null };
}

/** Runs of M-scan's sweep; at its end, what a person scored of them. */
function sweepRuns(size: Size, phase: Phase): readonly RunView[] {
  const view = fixedRun('mscan', size, phase);
  const runs = ALPHAS.slice(0, doneOf(ALPHAS.length, phase)).map((alpha, k): RunView => {
    const setup = { ...view.setup, settings: { ...view.setup.settings, alpha } };
    return { ...view, id: `gallery-alpha-${alpha}`, setup, status: 'done', final: finalOf(size, k) };
  });
  const draw = draws('c and alpha');
  const of = `${drawnAucKind(view, useSetup.getState().curve)} ${runs.map(({ id }) => id).join(' ')}`;
  const values = Float32Array.from(
    { length: ALPHAS.length * CS.length },
    (_, cell) => 0.7 + 0.1 * draw(cell),
  );
  rememberSweep(view.setup, { grid: phase === 'done' ? { of, alphas: ALPHAS, cs: CS, values } : null });
  return runs;
}

/** An ablation of CausalInt over three seeds by each of its switches, as it would be queued. */
export function fixedAblation(size: Size, phase: Phase): Ablation {
  const { setup } = fixedRun(ABLATED, size, phase);
  const model = findModel(ABLATED);
  const chosen = rowChoices(model, setup)[0]?.rows ?? [];
  const asked = ablationRuns(model, setup, chosen, SEEDS);
  const done = doneOf(asked.length, phase);
  return {
    id: `gallery-ablation-${size}-${phase}`,
    name: `${model.title}, each switch, made up`,
    createdAt: '2026-01-01T00:00:00.000Z',
    base: setup,
    seeds: Array.from({ length: SEEDS }, (_, k) => setup.seed + k),
    rows: chosen.map(({ name, table, changes }) => ({
      name,
      table,
      settings: { ...setup.settings, ...changes },
    })),
    runs: asked.map((_, k) => (k < done ? `gallery-ablated-${k}` : null)),
  };
}

/** Puts the made-up runs where pictures look for kept ones. */
export function keepFixedRuns(size: Size, phase: Phase, ablation: Ablation): void {
  const swept = sweepRuns(size, phase);
  const scenarios = fixedScenarios(size);
  const ablated = ablation.runs.filter((run) => run !== null);
  useFinalMetrics.setState({
    byRun: new Map(
      ablated.map((id, k): [string, FinalMetrics] => [
        id,
        { scenarios, final: finalOf(size, k), datasetTitle: 'Made-up data (simulated)' },
      ]),
    ),
  });
  useRuns.setState({
    list: [
      ...swept.map(({ id, setup }) => summaryOf(id ?? '', setup)),
      ...ablated.map((id) => summaryOf(id, ablation.base)),
    ],
    views: new Map(swept.map((view) => [view.id ?? '', view])),
  });
}
