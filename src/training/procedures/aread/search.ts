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
import { assignState, bceWithProbability, normalArray, streamSeed, uniformArray } from '../../../engine';
import type { StateTensor } from '../../../engine';
import { areadStates } from '../../../models/papers/aread/model';
import {
  edgeScale,
  initialMask,
  maskDensity,
  onesMask,
  pruneCounts,
} from '../../../models/papers/aread/masks';
import type { FlipDraw, MaskLayout } from '../../../models/papers/aread/masks';
import type { AreadSettings } from '../../../models/papers/aread/settings';
import type { TrainingEvent } from '../../events';
import type { HeldWeights, Trainer } from '../../trainer';
import { createDeviceMasks, writeMasks, writeScenarioMask } from './deviceMasks';
import type { DeviceMasks } from './deviceMasks';
import { searchPlan } from './schedule';
import type { SearchPlan } from './schedule';
import { drawPlaces, readTrialBatch } from './trialBatches';
import type { TrialRows } from './trialBatches';

/** Inversions of one candidate. Scripted in tests; else drawn from the seed. */
export type DrawFlips = (search: number, scenario: number, candidate: number, sigma: number) => FlipDraw;

export interface SearchContext {
  readonly trainer: Trainer;
  readonly settings: AreadSettings;
  readonly layout: MaskLayout;
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

interface States {
  readonly masks: readonly StateTensor[];
  readonly phase: StateTensor;
  readonly gateSum: StateTensor;
  readonly gateCount: StateTensor;
}

function statesOf(trainer: Trainer, layout: MaskLayout): States {
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

function zero(state: StateTensor): void {
  assignState(state, new Float32Array(state.tensor.size));
}

/** Values of a state in a snapshot. */
function valuesOf(theta: Readonly<Record<string, Float32Array>>, state: StateTensor): Float32Array {
  return theta[state.name]!;
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
function presentMasks(
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

/** Starts a search: Θ⁽⁰⁾ is the present state, with masks in force and the gates' sums taken and emptied. */
export async function beginSearch(context: SearchContext, search: number): Promise<SearchProgress> {
  const { trainer, layout, settings } = context;
  const states = statesOf(trainer, layout);
  const scenarios = trainer.dataset.scenarios.length;
  const [sums, counts] = await Promise.all([
    states.gateSum.tensor.data<'float32'>(),
    states.gateCount.tensor.data<'float32'>(),
  ]);
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
  const held = trainer.hold({ arrays: progress.theta });
  const device = createDeviceMasks(
    layout,
    pruneCounts(layout.edges, settings.pruneRate, settings.targetDensity),
  );
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
        const trials = searchScenario(context, progress, plan, { held, device, states });
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
    held.restore();
    if (!stopped) writeMasks(states.masks, layout, progress.masks);
    else if (progress.search === 0) zero(states.phase);
    return !stopped;
  } finally {
    held.dispose();
    device.dispose();
  }
}

interface Workshop {
  readonly held: HeldWeights;
  readonly device: DeviceMasks;
  readonly states: States;
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
  workshop: Workshop,
): AsyncGenerator<void, void, void> {
  const { trainer, layout, settings, rows } = context;
  const { scenario: d, search } = progress;
  const { edges } = layout;
  const seed = streamSeed(trainer.seed, 'aread search');
  const drawFlips = context.drawFlips ?? drawnFlips(seed, edges);
  const trial = rows[d]!;
  const own: TrialRows = { rows: trial.rows.subarray(0, trial.own), own: trial.own };
  const scale = edgeScale(layout, settings.gateScale);
  const values = progress.gates.slice(d * edges, (d + 1) * edges).map((gate, e) => gate * scale[e]!);
  const present = progress.masks.subarray(d * edges, (d + 1) * edges);
  const batchOf = (from: TrialRows, stream: string) =>
    readTrialBatch(
      trainer,
      from,
      d,
      drawPlaces(seed, `search ${search} scenario ${d} ${stream}`, from.rows.length, trainer.layout.batch),
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
      const candidate = tryCandidate(context, workshop, {
        scenario: d,
        start,
        scale,
        trialNumber: (k) =>
          ((search * rows.length + d) * settings.numCandidates + z) * settings.trialSteps + k,
        trainBatch: (k) => batchOf(trial, `candidate ${z} step ${k}`),
        // The same batches for every candidate, so that they are compared and not their batches.
        scoreBatch: (b) => batchOf(own, `score ${b}`),
      });
      for (;;) {
        const next = candidate.next();
        if (next.done) {
          results.push(next.value);
          break;
        }
        yield;
      }
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

interface Candidate {
  readonly scenario: number;
  readonly start: Uint8Array;
  readonly scale: Float32Array;
  readonly trialNumber: (step: number) => number;
  readonly trainBatch: (step: number) => ReturnType<Trainer['readBatch']>;
  readonly scoreBatch: (index: number) => ReturnType<Trainer['readBatch']>;
}

/** Lines 7–13 of Algorithm 1 for one candidate; the result is one tensor: mask, densities, score `[E + k + 2]`. */
function* tryCandidate(
  { trainer, settings, layout }: SearchContext,
  { held, device, states }: Workshop,
  candidate: Candidate,
): Generator<void, tf.Tensor1D, void> {
  const { edges } = layout;
  const scenarios = trainer.dataset.scenarios.length;
  const owned: tf.Tensor[] = [];
  const own = <T extends tf.Tensor>(tensor: T): T => {
    owned.push(tensor);
    return tensor;
  };
  const row = own(
    tf.tensor3d(
      Float32Array.from({ length: scenarios }, (_, d) => (d === candidate.scenario ? 1 : 0)),
      [scenarios, 1, 1],
    ),
  );
  const scale = own(tf.tensor1d(candidate.scale));
  try {
    held.restore();
    trainer.resetTrial();
    let mask = own(tf.tensor1d(Float32Array.from(candidate.start)));
    const densities: tf.Tensor1D[] = [own(tf.tensor1d([maskDensity(candidate.start)]))];
    for (let k = 0; k < settings.trialSteps; k++) {
      writeScenarioMask(states.masks, layout, row, mask);
      const gates = trialGates(trainer, settings, states, candidate, k);
      const values = own(tf.tidy(() => tf.mul<tf.Tensor1D>(gates, scale)));
      gates.dispose();
      mask = own(device.prune(mask, values));
      densities.push(own(tf.tidy(() => tf.reshape<tf.Rank.R1>(tf.mean(mask), [1]))));
      yield;
    }
    writeScenarioMask(states.masks, layout, row, mask);
    let score = own(tf.zeros<tf.Rank.R1>([1]));
    for (let b = 0; b < settings.evalSteps; b++) {
      const loss = trainer.forward(candidate.scoreBatch(b), 'batch', (output, inputs) =>
        bceWithProbability(output.probability as tf.Tensor2D, inputs.label, inputs.weight),
      );
      const before = score;
      score = own(tf.tidy(() => tf.add<tf.Tensor1D>(before, tf.div(loss, settings.evalSteps))));
      loss.dispose();
      yield;
    }
    return tf.tidy(() => tf.reshape(tf.concat([mask, ...densities, score]), [edges + densities.length + 1]));
  } finally {
    tf.dispose(owned);
  }
}

/** Mean gates of one training batch of the scenario `[E]`, after a trial step on it (none where the search is frozen). */
function trialGates(
  trainer: Trainer,
  settings: AreadSettings,
  states: States,
  candidate: Candidate,
  step: number,
): tf.Tensor1D {
  const batch = candidate.trainBatch(step);
  if (settings.search === 'frozen') {
    return trainer.forward(batch, 'batch', (output, inputs) =>
      tf.div<tf.Tensor1D>(
        tf.sum(tf.mul(output.gates as tf.Tensor2D, inputs.weight), 0),
        tf.maximum(tf.sum(inputs.weight), 1),
      ),
    );
  }
  zero(states.gateSum);
  zero(states.gateCount);
  trainer.train(batch, {
    trial: true,
    trialNumber: candidate.trialNumber(step),
    learningRate: settings.lrUpdate,
  });
  return tf.tidy(() => {
    const sum = tf.slice(states.gateSum.tensor as tf.Tensor2D, [candidate.scenario, 0], [1, -1]);
    const count = tf.slice(states.gateCount.tensor as tf.Tensor2D, [candidate.scenario, 0], [1, 1]);
    return tf.reshape<tf.Rank.R1>(tf.div(sum, tf.maximum(count, 1)), [-1]);
  });
}

/** Masks for a run that never searched. */
export function openMasks(layout: MaskLayout, scenarios: number): Float32Array {
  const out = new Float32Array(scenarios * layout.edges);
  for (let d = 0; d < scenarios; d++) out.set(onesMask(layout), d * layout.edges);
  return out;
}
