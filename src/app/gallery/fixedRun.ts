/** Runs that never were, for the gallery: events by rule, reduced as a real run's are. The same numbers every time. */
import { createVariables } from '../../engine';
import { findModel } from '../../models/registry';
import type { ProbeSpec } from '../../models/definition';
import type { AnySettings } from '../../models/settings';
import type { TrainingEvent } from '../../training/events';
import type { Ceilings, Metrics, ScenarioMetrics } from '../../training/metrics/types';
import { emptyRunState, reduceRun } from '../../training/reduceRun';
import { keptRows, quantise } from '../../training/representation/sample';
import type { KeptVectors, RepresentationSample } from '../../training/representation/sample';
import { defaultSetup, presetSettings } from '../../training/setup';
import { viewOfRun } from '../store/runView';
import type { RunView } from '../store/runView';
import { draws, fixedRelatedness, fixedScenarios, fixedShape } from './fixedData';
import type { Size } from './fixedData';
import { fixedProbe } from './fixedProbes';

export const phases = ['empty', 'live', 'done'] as const;
/** Built and waiting for its first evaluation, in the middle, at its end. */
export type Phase = (typeof phases)[number];

/** Steps of a run that went to its end. */
export const STEPS = 600;
const EVALUATE_EVERY = 100;
const STEP_OF: Readonly<Record<Phase, number>> = { empty: 0, live: 400, done: STEPS };
const TEST_ROWS = 3_000;

const [ceiling, speed, calibration] = [draws('ceiling'), draws('speed'), draws('calibration')];

function ceilingOf(s: number): number {
  return 0.72 + 0.14 * ceiling(s);
}

function scenarioMetrics(s: number, rows: number, clickRate: number, step: number): ScenarioMetrics {
  // Too few rows of one class: no AUC.
  const undefinedHere = rows < 4;
  const learned = 1 - Math.exp(-step / (90 + 120 * speed(s)));
  const noiseFree = 0.5 + (ceilingOf(s) - 0.5) * 0.94 * learned + 0.006 * (draws(`noise ${step}`)(s) - 0.5);
  const drawn = noiseFree - 0.02 + 0.04 * draws(`drawn ${step}`)(s);
  return {
    rows,
    positives: Math.round(rows * clickRate),
    auc: undefinedHere ? null : drawn,
    noiseFreeAuc: undefinedHere ? null : noiseFree,
    interestAuc: undefinedHere ? null : drawn - 0.03,
    logLoss: undefinedHere ? null : 0.45 - 0.2 * learned,
    calibration: undefinedHere ? null : 1 + 0.3 * (1 - learned) * (calibration(s) - 0.5),
  };
}

/** Mean by rows over scenarios where it is defined. */
function mean(all: readonly ScenarioMetrics[], metric: 'auc' | 'noiseFreeAuc'): number | null {
  let [sum, rows] = [0, 0];
  for (const one of all) {
    const value = one[metric];
    if (value === null) continue;
    sum += value * one.rows;
    rows += one.rows;
  }
  return rows === 0 ? null : sum / rows;
}

export function fixedMetrics(size: Size, step: number): Metrics {
  const scenarios = fixedScenarios(size).map(({ share, clickRate }, s) =>
    scenarioMetrics(s, Math.round(TEST_ROWS * share), clickRate, step),
  );
  const domainAuc = mean(scenarios, 'auc');
  return {
    scenarios,
    overall: scenarioMetrics(size, TEST_ROWS, 0.1, step),
    domainAuc,
    domainNoiseFreeAuc: mean(scenarios, 'noiseFreeAuc'),
    major5Auc: domainAuc,
    minor10Auc: domainAuc,
    minor5Auc: domainAuc,
  };
}

function fixedCeilings(size: Size): Ceilings {
  return {
    scenarios: Array.from({ length: size }, (_, s) => ceilingOf(s)),
    overall: 0.84,
    domain: 0.83,
  };
}

const UNITS = 16;

/** Hidden vectors of rows: scenarios of one group stand near each other. */
function fixedSample(specs: readonly ProbeSpec[], size: Size): RepresentationSample {
  const rows = Math.max(240, 2 * size);
  const [label, truth, probability] = [draws('label'), draws('truth'), draws('probability')];
  const scenario = Uint16Array.from({ length: rows }, (_, row) => row % size);
  const vectors = specs.map(({ name, axes }): KeptVectors => {
    const slots = axes.length === 3 ? size : 1;
    const kept = keptRows(rows, slots, UNITS);
    const [noise, centre] = [draws(name), draws(`${name} centre`)];
    const values = Float32Array.from({ length: kept * slots * UNITS }, (_, index) => {
      const [point, unit] = [Math.floor(index / UNITS), index % UNITS];
      const s = slots === 1 ? scenario[point]! : point % slots;
      return noise(index) + 1.5 * centre((s % 5) * UNITS + unit);
    });
    return { name, rows: kept, slots, ...quantise(values, UNITS) };
  });
  return {
    step: STEPS,
    split: 'test',
    rows: Int32Array.from({ length: rows }, (_, row) => 7 * row),
    scenario,
    label: Float32Array.from({ length: rows }, (_, row) => Number(label(row) < 0.2)),
    truth: Float32Array.from({ length: rows }, (_, row) => 0.4 * truth(row)),
    probability: Float32Array.from({ length: rows }, (_, row) => 0.4 * probability(row)),
    vectors,
  };
}

/** @param given over those of the preset `tiny` */
const settingsOf = (model: string, given: AnySettings): AnySettings => ({
  ...presetSettings(model, 'tiny'),
  ...given,
});

/** The probes that a model has of this data; it is built for them and given back at once. */
export function probesOf(model: string, size: Size, given: AnySettings = {}): readonly ProbeSpec[] {
  const configured = findModel(model).configure(settingsOf(model, given));
  const built = configured.build(fixedShape(size), createVariables(1));
  built.dispose();
  return built.probes;
}

function* events(model: string, size: Size, phase: Phase, given: AnySettings): Generator<TrainingEvent> {
  const probes = probesOf(model, size, given);
  const fields = fixedShape(size).fields.map(({ name }) => name);
  yield {
    kind: 'ready',
    backend: {
      name: 'cpu',
      adapter: null,
      software: false,
      threads: 1,
      simd: false,
      reason: 'These numbers were made up; nothing was trained.',
    },
    parameters: 12_345,
    ceilings: fixedCeilings(size),
    probes,
    data: {
      title: 'Made-up data (simulated)',
      fingerprint: `gallery-${size}`,
      rows: 100_000,
      scenarios: fixedScenarios(size),
      fields,
      relatedness: fixedRelatedness(size),
    },
  };
  const shown = (step: number, source: ProbeSpec['source']) =>
    probes
      .filter((probe) => probe.source === source)
      .map((probe) => fixedProbe(probe, { scenarios: size, fields: fields.length }, step / STEPS));
  for (let step = EVALUATE_EVERY; step <= STEP_OF[phase]; step += EVALUATE_EVERY) {
    const falling = Math.exp(-step / 200);
    const terms = { click: 0.25 + 0.2 * falling, auxiliary: 0.05 + 0.3 * falling };
    yield { kind: 'loss', step, terms: { ...terms, total: terms.click + 0.1 * terms.auxiliary } };
    yield {
      kind: 'evaluation',
      step,
      split: 'validation',
      metrics: fixedMetrics(size, step),
      probes: shown(step, undefined),
    };
    // A search or a refresh of the model's own, a third and two thirds into the run.
    if (step % 200 === 0)
      for (const probe of shown(step, 'procedure')) yield { kind: 'procedure-probe', step, probe };
  }
  if (phase !== 'done') return;
  const sample = fixedSample(
    probes.filter(({ source }) => source === 'rows'),
    size,
  );
  yield { kind: 'representation', step: STEPS, sample };
  yield {
    kind: 'done',
    step: STEPS,
    reason: 'steps',
    bestStep: 500,
    final: fixedMetrics(size, STEPS),
    ceilings: fixedCeilings(size),
  };
}

/**
 * A run of a model at a moment of its life. The CPU backend must be open: the model is built to ask for its probes.
 *
 * @param given settings over those of the preset `tiny`
 */
export function fixedRun(model: string, size: Size, phase: Phase, given: AnySettings = {}): RunView {
  const setup = defaultSetup();
  let state = emptyRunState;
  for (const event of events(model, size, phase, given)) state = reduceRun(state, event);
  return viewOfRun(
    { ...state, step: STEP_OF[phase] },
    {
      id: `gallery-${model}-${size}-${phase}`,
      name: `${findModel(model).title}, made up`,
      setup: {
        ...setup,
        model,
        settings: settingsOf(model, given),
        dataset: 'gallery',
        training: { ...setup.training, steps: STEPS, evaluateEvery: EVALUATE_EVERY },
      },
      current: false,
      state: phase === 'empty' ? 'ready' : phase === 'live' ? 'training' : 'done',
      status: phase === 'done' ? 'done' : phase === 'live' ? 'running' : null,
      steps: STEPS,
      failure: null,
    },
  );
}
