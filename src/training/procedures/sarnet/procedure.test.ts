import { beforeAll, describe, expect, it, vi } from 'vitest';
import { smallDataset } from '../../../../tests/support/smallDataset';
import { withHistory } from '../../../../tests/support/withHistory';
import { openBackend, readTensor } from '../../../engine';
import { findModel } from '../../../models/registry';
import { defaultSettings } from '../../../models/settings';
import type { AnySettings } from '../../../models/settings';
import { createTrainer } from '../../trainer';
import type { OwnedTrainer } from '../../trainer';
import type { TrainingEvent } from '../../events';
import type { Procedure, ProcedurePosition, StartedProcedure } from '../../procedure';
import { trainingFields } from '../../settings';
import type { TrainingSettings } from '../../settings';
import { findProcedure } from '..';

beforeAll(async () => {
  await openBackend('wasm');
});

const definition = findModel('sarnet');
const dataset = withHistory(smallDataset());
const batch = 96;
const perEpoch = Math.floor(dataset.split.filter((split) => split === 0).length / batch);
const steps = 3 * perEpoch;
const ones = new Float32Array(dataset.rows).fill(1);

function makeTrainer(extra: AnySettings = {}, how: Partial<TrainingSettings> = {}): OwnedTrainer {
  const settings = { ...defaultSettings(definition.fields), ...definition.presets.tiny, ...extra };
  const training = {
    ...defaultSettings(trainingFields),
    steps,
    batch,
    evaluateEvery: 6,
    stopMetric: 'none',
    ...how,
  } as unknown as TrainingSettings;
  const configured = definition.configure(settings);
  const trainer = createTrainer({ configured, dataset, training, seed: 4 });
  procedures.set(trainer, findProcedure(configured.procedure));
  return trainer;
}

/** The procedure of each trainer that was made here. */
const procedures = new Map<OwnedTrainer, Procedure>();

/** Starts training by the model's own procedure. */
function start(trainer: OwnedTrainer, from: ProcedurePosition | null = null): StartedProcedure {
  return procedures.get(trainer)!.start(trainer, from);
}

async function finish(trainer: OwnedTrainer, from: ProcedurePosition | null = null) {
  const events: TrainingEvent[] = [];
  const run = start(trainer, from);
  for await (const event of run.events) events.push(event);
  return { events, fairness: run.position().arrays['fairness'] as Float32Array };
}

const refreshesOf = (events: readonly TrainingEvent[]) =>
  events.filter((event) => event.kind === 'procedure-probe' && event.probe.name === 'fairness');

describe('training of SAR-Net', () => {
  it('refreshes coefficients after the first epoch and every epoch then, and uses them', async () => {
    const trainer = makeTrainer({ fairnessMinimum: 1 });
    const given: { rows: number[]; fairness: number[] }[] = [];
    const train = trainer.train.bind(trainer);
    vi.spyOn(trainer, 'train').mockImplementation((step) => {
      const of = (column: ArrayLike<number>): number[] => Array.from(column).slice(0, step.count);
      given.push({ rows: of(step.rows), fairness: of(step.extra.fairness!) });
      train(step);
    });
    const { events, fairness } = await finish(trainer);
    given.forEach((step, k) => {
      if (k < perEpoch) expect(new Set(step.fairness)).toEqual(new Set([1]));
      // The newest table stands from the last refresh to the end.
      if (k >= 2 * perEpoch) expect(step.fairness).toEqual(step.rows.map((row) => fairness[row]));
    });
    expect(given).toHaveLength(3 * perEpoch);
    expect(refreshesOf(events).map((event) => ('step' in event ? event.step : null))).toEqual([
      perEpoch,
      2 * perEpoch,
    ]);
    expect(new Set(Array.from(trainer.trainingRows, (row) => fairness[row]!)).size).toBeGreaterThan(3);
    // Every probe that the model declares comes with every refresh; the first has no table before it.
    const declared = trainer.model.probes.filter(({ source }) => source === 'procedure');
    const told = events.flatMap((event) => (event.kind === 'procedure-probe' ? [event] : []));
    for (const { name, axes } of declared) {
      const frames = told.filter(({ probe }) => probe.name === name);
      expect(frames, name).toHaveLength(2);
      for (const { probe } of frames)
        axes.forEach(({ labels }, axis) => labels && expect(probe.shape[axis], name).toBe(labels.length));
    }
    expect(declared).toHaveLength(new Set(told.map(({ probe }) => probe.name)).size);
    const drift = told.filter(({ probe }) => probe.name === 'fairnessDrift');
    expect(drift[0]!.probe.defined.some((one) => one === 1)).toBe(false);
    expect(Math.max(...drift[1]!.probe.values)).toBeGreaterThan(0);
    const done = events.at(-1);
    expect(done?.kind === 'done' && done.final.overall.logLoss).toBeGreaterThan(0);
    trainer.dispose();
  });

  it('keeps every coefficient at 1 where neither bias net, loss nor sampling uses them', async () => {
    const trainer = makeTrainer({ biasNet: false, biasLoss: false });
    const { events, fairness } = await finish(trainer);
    expect(refreshesOf(events)).toHaveLength(0);
    expect(fairness.every((value) => value === 1)).toBe(true);
    trainer.dispose();
  });

  it.each<AnySettings>([{}, { biasNet: false, biasLoss: false }])(
    'by steps: tables come when they are due, and a step is the best only after the first of them: %j',
    async (extra) => {
      const trainer = makeTrainer(
        { ...extra, firstRefresh: 7, refreshEvery: 3 },
        { steps: 20, stopMetric: 'domainAuc', learningRate: 1e-6, evaluateEvery: 2 },
      );
      const { events } = await finish(trainer);
      const due = 'biasNet' in extra ? [] : [7, 10, 13, 16, 19];
      expect(refreshesOf(events).map((event) => ('step' in event ? event.step : null))).toEqual(due);
      const evaluated = events.flatMap((event) =>
        event.kind === 'evaluation' && event.step > 7 && event.metrics.domainAuc !== null ? [event] : [],
      );
      const best = Math.max(...evaluated.map(({ metrics }) => metrics.domainAuc!));
      const done = events.at(-1);
      expect(done?.kind === 'done' && done.bestStep).toBe(
        evaluated.find(({ metrics }) => metrics.domainAuc === best)!.step,
      );
      trainer.dispose();
    },
  );

  it('goes on from a checkpoint that does not tell when the latest table was made', async () => {
    const trainer = makeTrainer({ firstRefresh: 4, refreshEvery: 5 });
    for (let step = 0; step < 11; step++) trainer.train(trainer.nextBatch({ fairness: ones }));
    const { events } = await finish(trainer, { state: { refreshes: 2, scored: null }, arrays: {} });
    const told = refreshesOf(events).map((event) => ('step' in event ? event.step : null));
    expect(told[0]).toBe(14);
    trainer.dispose();
  });

  it('evaluation rows keep a coefficient of 1', async () => {
    const trainer = makeTrainer({ fairnessMinimum: 1 });
    const { fairness } = await finish(trainer);
    dataset.split.forEach((split, row) => split !== 0 && expect(fairness[row]).toBe(1));
    trainer.dispose();
  });

  it('sub-sampling leaves out some over-exposed rows after the first refresh, and no others', async () => {
    // Clicks spread the coefficients more than the predictions of a model this young, and depend on no weights.
    const off = { biasNet: false, biasLoss: false, fairnessMinimum: 1, fairnessNumerator: 'clicks' };
    const rowsOf = async (subSample: string) => {
      const trainer = makeTrainer({ ...off, subSample });
      const steps: number[][] = [];
      const train = trainer.train.bind(trainer);
      vi.spyOn(trainer, 'train').mockImplementation((given) => {
        steps.push(Array.from(given.rows.subarray(0, given.count)));
        train(given);
      });
      const { fairness } = await finish(trainer);
      trainer.dispose();
      return { steps, fairness };
    };
    const plain = await rowsOf('off');
    const sampled = await rowsOf('0.6');
    expect(plain.steps).toHaveLength(steps);
    expect(sampled.steps.slice(0, perEpoch)).toEqual(plain.steps.slice(0, perEpoch));
    let [overExposed, dropped] = [0, 0];
    for (let step = perEpoch; step < steps; step++) {
      const kept = new Set(sampled.steps[step]);
      for (const row of plain.steps[step]!) {
        if (sampled.fairness[row]! >= 0.8) {
          expect(kept.has(row)).toBe(true);
          continue;
        }
        overExposed++;
        if (!kept.has(row)) dropped++;
      }
      expect(kept.size).toBe(sampled.steps[step]!.length);
    }
    expect(overExposed).toBeGreaterThan(50);
    expect(dropped / overExposed).toBeGreaterThan(0.3);
    expect(dropped / overExposed).toBeLessThan(0.5);
  });

  it('calibrates from the first step on: the means with and without bias nets owe nothing to where they began', async () => {
    const trainer = makeTrainer();
    const states = trainer.model.states.find(({ name }) => name === 'calibration')!;
    const rows = trainer.trainingRows.subarray(0, batch);
    const plain = await trainer.predict(rows);
    trainer.train(trainer.nextBatch({ fairness: ones }));
    const [biased, without] = await readTensor(states);
    // Bias nets start near σ(2) = 0.88.
    expect(biased! / without!).toBeGreaterThan(0.7);
    expect(biased! / without!).toBeLessThan(0.95);
    // Before any step nothing is known, and nothing is corrected.
    plain.probability.forEach((p, i) => expect(p).toBeCloseTo(1 / (1 + Math.exp(-plain.score[i]!)), 6));
    trainer.dispose();
  });

  it('goes on from inside a refresh to the same numbers as an uninterrupted run', async () => {
    const whole = makeTrainer({ fairnessMinimum: 1 });
    await finish(whole);
    const expected = await whole.snapshot(true);
    whole.dispose();

    const first = makeTrainer({ fairnessMinimum: 1 });
    const run = start(first, null);
    let seen = 0;
    for (;;) {
      const next = await run.events.next();
      if (next.done) throw new Error('the run ended before its first refresh');
      if (next.value.kind === 'phase' && ++seen === 2) break;
    }
    const position = JSON.parse(JSON.stringify(run.position().state)) as unknown;
    const { arrays } = run.position();
    const where = await first.position();
    first.dispose();

    const second = makeTrainer({ fairnessMinimum: 1 });
    second.restorePosition(where);
    await finish(second, { state: position, arrays });
    const found = await second.snapshot(true);
    for (const [name, values] of Object.entries(expected.arrays)) {
      expect([...found.arrays[name]!], name).toEqual([...values]);
    }
    second.dispose();
  });
});
