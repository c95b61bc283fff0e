/**
 * One mask search: the `if` branch of Algorithm 1 (hierarchical expert mask pruning).
 *
 * From one common state Θ⁽⁰⁾ of all parameters and moving statistics, every scenario trains Z candidate masks for k quick
 * steps each, pruning after every step, and takes the one that predicts best on batches of its own training rows; then
 * everything but the masks is as it was, to the bit.
 *
 * A search can be left at any of its yields and gone on with later: it goes back to the start of the scenario that it
 * was at. Every random decision depends on (seed, search, scenario, candidate, step) alone, so the result is the same.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assignState, normalArray, readTensor, streamSeed, uniformArray } from '../../../engine';
import { edgeScale, initialMask, pruneCounts } from '../../../models/papers/aread/masks';
import type { FlipDraw, MaskLayout } from '../../../models/papers/aread/masks';
import type { AreadSettings } from '../../../models/papers/aread/settings';
import type { TrainingEvent } from '../../events';
import type { Trainer } from '../../trainer';
import { tryCandidate } from './candidate';
import type { CandidateContext, SearchTensors } from './candidate';
import { createCandidatePasses } from './candidatePasses';
import { createPruning, writeMasks } from './deviceMasks';
import { searchPlan } from './schedule';
import type { SearchPlan } from './schedule';
import { meanGates, presentMasks, statesOf, zero } from './states';
import { drawPlaces, readTrialBatch } from './trialBatches';
import type { TrialRows } from './trialBatches';

/** Inversions of one candidate. Scripted in tests; else drawn from the seed. */
export type DrawFlips = (search: number, scenario: number, candidate: number, sigma: number) => FlipDraw;

/** What a search needs of the trainer. */
export type SearchTrainer = Pick<
  Trainer,
  | 'model'
  | 'dataset'
  | 'layout'
  | 'seed'
  | 'step'
  | 'stopping'
  | 'readBatch'
  | 'repeatedPass'
  | 'snapshot'
  | 'copyWeights'
  | 'trialSteps'
>;

export interface SearchContext extends CandidateContext {
  readonly trainer: SearchTrainer;
  /** A_d of every scenario. */
  readonly rows: readonly TrialRows[];
  /** Index of the scenario field in the dataset. */
  readonly field: number;
  readonly drawFlips?: DrawFlips;
}

/** What a search knows between two scenarios; all of it is plain, so that a run can be put away in the middle. */
export interface SearchProgress {
  /** Searches before this one. */
  readonly search: number;
  /** Next scenario. */
  scenario: number;
  /** Θ⁽⁰⁾: parameters, table and states, by name. */
  readonly theta: Readonly<Record<string, Float32Array>>;
  /** Mean gates since the last search `[N * E]`. */
  readonly gates: Float32Array;
  /** Masks so far: found ones, then present ones `[N * E]`. */
  readonly masks: Float32Array;
  /** Score of each candidate `[N * Z]`; -1 where none was tried. */
  readonly scores: Float32Array;
  /** Chosen candidate, -1 for none `[N]`. */
  readonly chosen: Float32Array;
  /** Density of the chosen candidate at its start and after each step `[N * (k + 1)]`. */
  readonly density: Float32Array;
}

/** Starts a search: Θ⁽⁰⁾ is the present state, with masks in force and the gates' sums taken and emptied. */
export async function beginSearch(context: SearchContext, search: number): Promise<SearchProgress> {
  const { trainer, layout, settings } = context;
  const states = statesOf(trainer, layout);
  const scenarios = trainer.dataset.scenarios.length;
  const [sums, counts] = await Promise.all([readTensor(states.gateSum), readTensor(states.gateCount)]);
  const gates = meanGates(sums, counts, layout.edges);
  assignState(states.phase, Float32Array.of(1));
  zero(states.gateSum);
  zero(states.gateCount);
  const theta = (await trainer.snapshot(false)).arrays;
  return {
    search,
    scenario: 0,
    theta,
    gates,
    masks: presentMasks(theta, states, layout, scenarios),
    scores: new Float32Array(scenarios * settings.numCandidates).fill(-1),
    chosen: new Float32Array(scenarios).fill(-1),
    density: new Float32Array(scenarios * (settings.trialSteps + 1)),
  };
}

/**
 * Searches from `progress` on (which it keeps up to date) and writes the masks found.
 *
 * Yields a `phase` event after every trial step and every scored batch. Returns false where someone stopped the run:
 * then Θ⁽⁰⁾ and the masks before the search are back.
 */
export async function* runSearch(
  context: SearchContext,
  progress: SearchProgress,
): AsyncGenerator<TrainingEvent, boolean, void> {
  const { trainer, layout, settings } = context;
  const states = statesOf(trainer, layout);
  const plan = searchPlan(settings, progress.search);
  const perCandidate = settings.trialSteps + settings.evalSteps;
  const total = context.rows.length * plan.candidates * perCandidate;
  const initial = trainer.copyWeights({ arrays: progress.theta });
  const pruning = createPruning(
    layout,
    pruneCounts(layout.edges, settings.pruneRate, settings.targetDensity),
  );
  const passes = createCandidatePasses(trainer, settings, layout.edges);
  const phase = (done: number): TrainingEvent => ({
    kind: 'phase',
    step: trainer.step,
    name: 'mask search',
    done,
    total,
  });
  let stopped = false;
  try {
    while (progress.scenario < context.rows.length) {
      const d = progress.scenario;
      const start = d * plan.candidates * perCandidate;
      // Nothing to train or to compare on: the scenario keeps its mask.
      if (context.rows[d]!.own > 0) {
        const trials = searchScenario(context, progress, plan, { initial, pruning, states, passes });
        let done = start;
        for await (const _ of trials) {
          yield phase(++done);
          if (!trainer.stopping) continue;
          stopped = true;
          break;
        }
        if (stopped) break;
      }
      progress.scenario = d + 1;
      yield phase((d + 1) * plan.candidates * perCandidate);
    }
    initial.restore();
    if (!stopped) writeMasks(states.masks, layout, progress.masks);
    else if (progress.search === 0) zero(states.phase);
    return !stopped;
  } finally {
    initial.dispose();
    pruning.dispose();
    passes.dispose();
  }
}

function drawnFlips(seed: number, edges: number): DrawFlips {
  return (search, scenario, candidate, sigma) => {
    const stream = `search ${search} scenario ${scenario} candidate ${candidate}`;
    return {
      deviate: normalArray(seed, `${stream} deviate`, 1, 0, sigma)[0]!,
      uniforms: uniformArray(seed, `${stream} flips`, edges),
    };
  };
}

/** All candidates of the scenario at hand; writes the choice into `progress`. Yields after every batch. */
async function* searchScenario(
  context: SearchContext,
  progress: SearchProgress,
  plan: SearchPlan,
  tensors: SearchTensors,
): AsyncGenerator<void, void, void> {
  const { trainer, layout, settings, rows } = context;
  const { scenario: d, search } = progress;
  const { edges } = layout;
  const seed = streamSeed(trainer.seed, 'aread search');
  const drawFlips = context.drawFlips ?? drawnFlips(seed, edges);
  const trial = rows[d]!;
  const own: TrialRows = { rows: trial.rows.subarray(0, trial.own), own: trial.own };
  const size = settings.trialRows || trainer.layout.batch;
  const scale = edgeScale(layout, settings.gateScale);
  const values = progress.gates.slice(d * edges, (d + 1) * edges).map((gate, e) => gate * scale[e]!);
  const present = progress.masks.subarray(d * edges, (d + 1) * edges);
  const batchOf = (from: TrialRows, stream: string) =>
    readTrialBatch(
      trainer,
      from,
      d,
      drawPlaces(seed, `search ${search} scenario ${d} ${stream}`, from.rows.length, size),
      context.field,
    );

  const results: tf.Tensor1D[] = [];
  try {
    for (let z = 0; z < plan.candidates; z++) {
      const start = initialMask(
        layout,
        values,
        plan.initialDensity,
        drawFlips(search, d, z, plan.sigma),
        settings.initUnion ? present : null,
      );
      const candidate = tryCandidate(context, tensors, {
        scenario: d,
        start,
        scale,
        trialNumber: (k) =>
          ((search * rows.length + d) * settings.numCandidates + z) * settings.trialSteps + k,
        trainBatch: (k) => batchOf(trial, `candidate ${z} step ${k}`),
        // The same batches for every candidate, so that they are compared and not their batches.
        scoreBatch: (b) => batchOf(own, `score ${b}`),
      });
      results.push(yield* candidate);
    }
    choose(progress, settings, layout, await readAll(results));
  } finally {
    tf.dispose(results);
  }
}

async function readAll(results: readonly tf.Tensor1D[]): Promise<Float32Array[]> {
  const stacked = tf.stack([...results]);
  const values = await stacked.data<'float32'>();
  stacked.dispose();
  const width = results[0]!.size;
  return results.map((_, z) => values.slice(z * width, (z + 1) * width));
}

/** Takes the candidate of least score. `results[z]` is mask `[E]`, densities `[k + 1]`, score. */
function choose(
  progress: SearchProgress,
  settings: AreadSettings,
  { edges }: MaskLayout,
  results: readonly Float32Array[],
): void {
  const d = progress.scenario;
  const steps = settings.trialSteps + 1;
  let best = -1;
  results.forEach((result, z) => {
    const score = result[edges + steps]!;
    if (!Number.isFinite(score)) return;
    progress.scores[d * settings.numCandidates + z] = score;
    if (best < 0 || score < results[best]![edges + steps]!) best = z;
  });
  progress.chosen[d] = best;
  if (best < 0) return;
  progress.masks.set(results[best]!.subarray(0, edges), d * edges);
  progress.density.set(results[best]!.subarray(edges, edges + steps), d * steps);
}
