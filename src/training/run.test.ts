import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../engine';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { parseSetup } from './parseSetup';
import { readCheckpoint } from './checkpoint/checkpoint';
import { readWeights } from './checkpoint/weights';
import { stateOfRecord } from './recordRun';
import { createRun } from './run';
import { parseRecord, recordToText } from './runFile/recordText';
import { defaultTraining, presetSettings } from './setup';
import { truthFigures } from './truth/truthFigures';
import type { BackendInfo } from '../engine';
import type { TrainingEvent } from './events';
import type { Run, RunOptions } from './run';
import type { ParsedSetup } from './parseSetup';
import type { RunSetup } from './runRecord';

const dataset = simulatedSmall(1500);

function setupFor(model: string, training: Partial<RunSetup['training']> = {}): ParsedSetup {
  return parseSetup({
    model,
    settings: presetSettings(model, 'tiny'),
    training: {
      ...defaultTraining(),
      steps: 23,
      batch: 64,
      evaluateEvery: 5,
      evaluationRows: 50,
      ...training,
    },
    dataset: dataset.id,
    seed: 3,
    backend: 'cpu',
  });
}

let backend: BackendInfo;

function start(setup: ParsedSetup, options: Partial<RunOptions> = {}): Run {
  return createRun({ id: 'run', setup, dataset, backend, ...options });
}

async function drain(run: Run): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of run.events) events.push(event);
  return events;
}

const kinds = (events: readonly TrainingEvent[]): string[] => events.map(({ kind }) => kind);

/** Weights and history: all numbers that a run leaves behind. */
async function outcome(run: Run): Promise<unknown> {
  const { arrays } = await run.trainer.snapshot(true);
  const { history, losses, final, bestStep } = run.record('done');
  return { arrays, history, losses, final, bestStep };
}

describe.each(['cpu', 'wasm'] as const)('a run on %s', (name) => {
  beforeAll(async () => {
    backend = await openBackend(name);
  });

  it('tells its story in order: compiling, ready, steps with evaluations between, done', async () => {
    const run = start(setupFor('mmoe'));
    const events = await drain(run);
    expect(kinds(events).slice(0, 3)).toEqual(['compiling', 'ready', 'step']);
    expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(23);
    expect(events.filter((e) => e.kind === 'evaluation').map((e) => e.step)).toEqual([5, 10, 15, 20, 23]);
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'steps', step: 23 });
    run.dispose();
  });

  it('without pictures gives the same weights and metrics, and reads nothing that only pictures need', async () => {
    const [whole, bare] = [
      start(setupFor('mscan', { steps: 6 })),
      start(setupFor('mscan', { steps: 6 }), { pictures: false }),
    ];
    const [shown, told] = [await drain(whole), await drain(bare)];
    const metrics = (events: readonly TrainingEvent[]) =>
      events.flatMap((event) => (event.kind === 'evaluation' ? [event.metrics] : []));
    expect(metrics(told)).toEqual(metrics(shown));
    expect(told.at(-1)).toEqual(shown.at(-1));
    expect((await bare.trainer.snapshot(true)).arrays).toEqual((await whole.trainer.snapshot(true)).arrays);
    expect(kinds(shown)).toContain('representation');
    expect(kinds(told)).not.toContain('representation');
    expect(told.flatMap((event) => (event.kind === 'evaluation' ? event.probes : []))).toEqual([]);
    whole.dispose();
    bare.dispose();
  });

  it('tells at its end what the truth says of its best weights, where that is asked for, and the record keeps it', async () => {
    const [judged, plain] = [
      start(setupFor('mix', { steps: 6 }), { truth: true }),
      start(setupFor('mix', { steps: 6 })),
    ];
    const [told, bare] = [await drain(judged), await drain(plain)];
    const { truth, ...rest } = told.at(-1) as Extract<TrainingEvent, { kind: 'done' }>;
    expect(rest).toEqual(bare.at(-1));
    expect(truth).toEqual(await truthFigures(judged.trainer));
    expect(truth?.organicAuc?.overall).toBeGreaterThan(0);
    const record = judged.record('done');
    expect(parseRecord(recordToText(record), 'run.json').truth).toEqual(truth);
    expect(stateOfRecord(record).truth).toEqual(truth);
    expect(plain.record('done').truth).toBeUndefined();
    judged.dispose();
    plain.dispose();
  });

  it('gives the same bits for the same seed, others for another', async () => {
    const outcomes: unknown[] = [];
    for (const seed of [3, 3, 4]) {
      const run = start(parseSetup({ ...setupFor('mmoe'), seed }));
      await drain(run);
      outcomes.push(await outcome(run));
      run.dispose();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).not.toEqual(outcomes[0]);
  });

  it.each(['mmoe', 'finetune'])(
    '%s goes on from a checkpoint taken anywhere to the same numbers',
    async (model) => {
      const whole = start(setupFor(model));
      const length = (await drain(whole)).length;
      const expected = await outcome(whole);
      whole.dispose();
      // Each run goes on from where the last was broken off, at events counted from when it was ready: at the start, on a step,
      // between a step's loss and its evaluation, right after an evaluation, near the end.
      let file: Uint8Array | null = null;
      let reached = 0;
      for (const stopAfter of [0, 2, 6, 7, length - 4]) {
        const run = start(setupFor(model), { from: file });
        while ((await run.events.next()).value?.kind !== 'ready');
        for (; reached < stopAfter; reached++) await run.events.next();
        file = await run.checkpoint('paused');
        run.dispose();
      }
      const last = start(setupFor(model), { from: file });
      await drain(last);
      expect(await outcome(last)).toEqual(expected);
      last.dispose();
    },
  );

  it('restores the weights of its best evaluation on every way out', async () => {
    const reached: string[] = [];
    const ways = [
      { training: { steps: 60, evaluateEvery: 3, patience: 2, learningRate: 0.05 }, stopAt: Infinity },
      { training: { steps: 12, evaluateEvery: 3, learningRate: 0.05 }, stopAt: Infinity },
      { training: { steps: 60, evaluateEvery: 3, learningRate: 0.05 }, stopAt: 14 },
    ];
    for (const { training, stopAt } of ways) {
      const run = start(setupFor('mmoe', { stopMetric: 'auc', ...training }));
      let best = -1;
      let bestArrays: Readonly<Record<string, Float32Array>> = {};
      for await (const event of run.events) {
        if (event.kind === 'evaluation' && (event.metrics.overall.auc ?? 0) > best) {
          best = event.metrics.overall.auc!;
          bestArrays = (await run.trainer.snapshot(false)).arrays;
        }
        if (event.kind === 'step' && event.step >= stopAt) run.trainer.requestStop();
        if (event.kind === 'done') reached.push(event.reason);
      }
      expect((await run.trainer.snapshot(false)).arrays).toEqual(bestArrays);
      run.dispose();
    }
    expect(reached).toEqual(['early-stop', 'steps', 'stopped']);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const run = start(setupFor('finetune'));
    await drain(run);
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps as many tensors after many steps as after few', async () => {
    const run = start(setupFor('mmoe', { steps: 60, evaluateEvery: 10, stopMetric: 'none' }));
    const counts: number[] = [];
    for await (const event of run.events)
      if (event.kind === 'evaluation') counts.push(tf.memory().numTensors);
    expect(new Set(counts.slice(1)).size).toBe(1);
    run.dispose();
  });

  it('writes weights that give another run the same scores', async () => {
    const run = start(setupFor('mmoe'));
    await drain(run);
    const rows = Int32Array.from({ length: 50 }, (_, i) => i * 3);
    const expected = await run.trainer.predict(rows);
    const file = await run.weights();
    run.dispose();
    expect(Object.keys(readWeights(file))).toContain('embedding');
    const other = start(parseSetup({ ...setupFor('mmoe'), seed: 99 }), { weights: file });
    expect(await other.trainer.predict(rows)).toEqual(expected);
    other.dispose();
  });
});

describe('a run', () => {
  beforeAll(async () => {
    backend = await openBackend('cpu');
  });

  it('has ceilings that no evaluation passes', async () => {
    const run = start(setupFor('mmoe'));
    for await (const event of run.events) {
      if (event.kind !== 'evaluation') continue;
      event.metrics.scenarios.forEach((scenario, s) => {
        const ceiling = run.trainer.ceilings.scenarios[s]!;
        if (scenario.noiseFreeAuc !== null) expect(scenario.noiseFreeAuc).toBeLessThanOrEqual(ceiling + 1e-9);
      });
    }
    run.dispose();
  });

  it('ends with one sentence when the loss is no longer a number', async () => {
    const run = start(setupFor('mmoe'));
    await run.events.next();
    await run.events.next();
    const { parameters } = run.trainer.model;
    const { arrays } = await run.trainer.snapshot(false);
    const broken = parameters.at(-1)!;
    run.trainer.restore({ arrays: { ...arrays, [broken.name]: arrays[broken.name]!.map(() => Number.NaN) } });
    await expect(drain(run)).rejects.toThrow(/no longer a number by step 5; try a smaller learning rate/);
    run.dispose();
  });

  it('refuses weights of another model and checkpoints of other data', async () => {
    const run = start(setupFor('mmoe'));
    const weights = await run.weights();
    const checkpoint = await run.checkpoint('paused');
    run.dispose();
    expect(() => start(setupFor('mix'), { weights })).toThrow(/must be those that they were trained with/);
    expect(() =>
      createRun({
        id: 'x',
        setup: setupFor('mmoe'),
        dataset: { ...dataset, fingerprint: 'other' },
        backend,
        from: checkpoint,
      }),
    ).toThrow(/shown but not continued/);
    expect(() => readCheckpoint(weights)).toThrow(/no checkpoint/);
  });

  it('never hands truth to a model: batches carry only ids, labels and masks', () => {
    const run = start(setupFor('mmoe'));
    const batch = run.trainer.nextBatch();
    expect(Object.keys(batch).sort()).toEqual([
      'count',
      'extra',
      'historyMask',
      'historyScenario',
      'ids',
      'label',
      'layout',
      'ownHistoryMask',
      'rows',
      'scenario',
      'weight',
    ]);
    const names = run.trainer.shape.fields.map(({ name }) => name);
    expect(names.some((name) => name.startsWith('truth'))).toBe(false);
    run.dispose();
  });
});
