import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { smallDataset } from '../../../../tests/support/smallDataset';
import { openBackend } from '../../../engine';
import { findModel } from '../../../models/registry';
import { defaultSettings } from '../../../models/settings';
import type { AnySettings } from '../../../models/settings';
import { maskDensity } from '../../../models/papers/aread/maskReading';
import { maskLayout, validateMask } from '../../../models/papers/aread/masks';
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

const definition = findModel('aread');
const dataset = smallDataset();
const N = dataset.scenarios.length;
const layout = maskLayout([2, 4]);

function makeTrainer(extra: AnySettings = {}, steps = 12, how: Partial<TrainingSettings> = {}): OwnedTrainer {
  const settings = {
    ...defaultSettings(definition.fields),
    ...definition.presets.tiny,
    numLayers: 2,
    batchNorm: 'shared',
    ...extra,
  };
  const training = {
    ...defaultSettings(trainingFields),
    steps,
    batch: 48,
    evaluateEvery: 5,
    stopMetric: 'none',
    ...how,
  } as unknown as TrainingSettings;
  const configured = definition.configure(settings);
  const trainer = createTrainer({ configured, dataset, training, seed: 5 });
  procedures.set(trainer, findProcedure(configured.procedure));
  return trainer;
}

/** The procedure of each trainer that was made here. */
const procedures = new Map<OwnedTrainer, Procedure>();

/** Starts training by the model's own procedure. */
function start(trainer: OwnedTrainer, from: ProcedurePosition | null = null): StartedProcedure {
  return procedures.get(trainer)!.start(trainer, from);
}

async function weightsOf(trainer: OwnedTrainer): Promise<Record<string, number[]>> {
  const { arrays } = await trainer.snapshot(true);
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, [...values]]));
}

/** Masks as rows of edges, scenario by scenario. */
function masksOf(weights: Record<string, number[]>): number[][] {
  const part = layout.transitions.map((_, t) => weights[`mask.${t + 2}`]!);
  return Array.from({ length: N }, (_, d) =>
    layout.transitions.flatMap(({ rows, columns }, t) =>
      part[t]!.slice(d * rows * columns, (d + 1) * rows * columns),
    ),
  );
}

const isSearch = (event: TrainingEvent): boolean => event.kind === 'phase' && event.name === 'mask search';

/** Runs until the last search event before the first step after it; returns the events. */
async function collect(run: StartedProcedure): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of run.events) events.push(event);
  return events;
}

describe('a run', () => {
  test('warms up, searches when due, tells its progress, and ends with everything freed', async () => {
    const before = tf.memory().numTensors;
    const trainer = makeTrainer();
    const events = await collect(start(trainer, null));
    const kinds = events.map((event) => event.kind);
    expect(kinds[kinds.length - 1]).toBe('done');
    expect(events.filter((event) => event.kind === 'step')).toHaveLength(12);
    // Warm-up 3, interval 4: searches before steps 4, 8 and 12, none after the last step.
    const searches = events.filter(
      (event) => event.kind === 'procedure-probe' && event.probe.name === 'chosenCandidate',
    );
    expect(searches.map((event) => (event.kind === 'procedure-probe' ? event.step : -1))).toEqual([3, 7, 11]);
    const first = events.filter((event) => isSearch(event) && event.kind === 'phase' && event.step === 3);
    const done = first.map((event) => (event.kind === 'phase' ? event.done : 0));
    expect([...done].sort((a, b) => a - b)).toEqual(done);
    const last = first[first.length - 1]!;
    expect(last.kind === 'phase' && last.done === last.total && last.total === N * 2 * 3).toBe(true);
    expect(
      events.some((event) => event.kind === 'procedure-probe' && event.probe.name === 'augmentation'),
    ).toBe(true);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('patience ends it only after its last search, and the best step is one with masks', async () => {
    const tried = { maskInterval: 6, numSearches: 3, search: 'frozen' };
    // Nothing is learned, so every evaluation ranks alike until masks change it.
    const trainer = makeTrainer(tried, 60, {
      evaluateEvery: 1,
      stopMetric: 'domainAuc',
      patience: 3,
      learningRate: 1e-6,
    });
    const events = await collect(start(trainer, null));
    const searches = events.flatMap((event) =>
      event.kind === 'procedure-probe' && event.probe.name === 'chosenCandidate' ? [event.step] : [],
    );
    expect(searches).toEqual([3, 9, 15]);
    const done = events.at(-1)!;
    if (done.kind !== 'done') throw new Error('no end');
    expect(done.reason).toBe('early-stop');
    expect(done.step).toBeGreaterThanOrEqual(15 + 3);
    expect(done.bestStep).toBeGreaterThan(3);
    expect((await weightsOf(trainer))['maskPhase']).toEqual([1]);
    // What the searches came to is told at the end.
    const told = events.flatMap((event) => (event.kind === 'message' ? [event.text] : [])).at(-1);
    expect(told).toMatch(
      /^After 3 searches, Z = 1 in the last, masks keep 0\.\d\d of the edges; two scenarios’ overlap by [01]\.\d\d, random ones of that density by 0\.\d\d\.$/,
    );
    trainer.dispose();
  });

  test('trial steps of fewer rows find masks too', async () => {
    const trainer = makeTrainer({ trialRows: 8 }, 5);
    const events = await collect(start(trainer, null));
    expect(events.filter((event) => event.kind === 'step')).toHaveLength(5);
    expect(masksOf(await weightsOf(trainer)).some((mask) => maskDensity(mask) < 1)).toBe(true);
    trainer.dispose();
  });

  test('masks are 0 or 1, on complete paths, and differ from all ones; gates of every scenario stay', async () => {
    const trainer = makeTrainer({}, 9);
    await collect(start(trainer, null));
    const weights = await weightsOf(trainer);
    const masks = masksOf(weights);
    for (const mask of masks) {
      expect([...validateMask(layout, mask)]).toEqual(mask);
      expect(maskDensity(mask)).toBeGreaterThan(0);
    }
    expect(masks.some((mask) => maskDensity(mask) < 1)).toBe(true);
    expect(weights['maskPhase']).toEqual([1]);
    trainer.dispose();
  });

  test('a search leaves every trained variable, moment and moving statistic as it was, to the bit', async () => {
    const trainer = makeTrainer();
    const run = start(trainer, null);
    let before: Record<string, number[]> | null = null;
    let after: Record<string, number[]> | null = null;
    let changed = false;
    for await (const event of run.events) {
      if (event.kind === 'step' && event.step === 3) before = await weightsOf(trainer);
      if (isSearch(event) && event.kind === 'phase' && event.done === 2) {
        // The trial really trains: what is put back was really taken away.
        changed = (await weightsOf(trainer))['head.weight']!.some((w, i) => w !== before!['head.weight']![i]);
      }
      if (event.kind === 'procedure-probe' && event.probe.name === 'chosenCandidate') {
        after = await weightsOf(trainer);
        break;
      }
    }
    expect(changed).toBe(true);
    for (const [name, values] of Object.entries(before!)) {
      if (name.startsWith('mask') || name === 'gateSum' || name === 'gateCount') continue;
      expect(after![name], name).toEqual(values);
    }
    expect(masksOf(after!)).not.toEqual(masksOf(before!));
    trainer.dispose();
  });

  test.each<AnySettings>([
    {},
    { search: 'frozen' },
    { initUnion: true, gateScale: 'layer', anneal: false, aug: false, gate: 'domain' },
  ])(
    'put away inside the second search and gone on with in a new trainer, ends with the same numbers: %j',
    async (extra) => {
      const whole = makeTrainer(extra);
      await collect(start(whole, null));
      const wanted = await weightsOf(whole);

      const first = makeTrainer(extra);
      const run = start(first, null);
      let inSecond = 0;
      for await (const event of run.events) {
        if (isSearch(event) && event.kind === 'phase' && event.step === 7 && ++inSecond === 14) break;
      }
      expect(inSecond).toBe(14);
      const procedure = JSON.parse(JSON.stringify(run.position().state)) as unknown;
      const { arrays } = run.position();
      const at = await first.position();
      first.dispose();

      const second = makeTrainer(extra);
      second.restorePosition(at);
      await collect(start(second, { state: procedure, arrays }));
      expect(second.step).toBe(whole.step);
      const got = await weightsOf(second);
      for (const [name, values] of Object.entries(wanted)) expect(got[name], name).toEqual(values);
      whole.dispose();
      second.dispose();
    },
  );

  test('stopped inside the first search, it ends with the warm-up’s weights and open masks', async () => {
    const tensors = tf.memory().numTensors;
    const trainer = makeTrainer();
    const run = start(trainer, null);
    let before: Record<string, number[]> | null = null;
    let events = 0;
    let reason = '';
    for await (const event of run.events) {
      if (event.kind === 'step' && event.step === 3) before = await weightsOf(trainer);
      if (isSearch(event) && ++events === 9) trainer.requestStop();
      if (event.kind === 'done') reason = event.reason;
    }
    expect(reason).toBe('stopped');
    expect(events).toBe(9);
    const after = await weightsOf(trainer);
    for (const [name, values] of Object.entries(before!)) {
      if (name === 'gateSum' || name === 'gateCount') continue;
      expect(after[name], name).toEqual(values);
    }
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('a run that is dropped inside a search holds no tensor back', async () => {
    const tensors = tf.memory().numTensors;
    const trainer = makeTrainer();
    let events = 0;
    for await (const event of start(trainer, null).events) if (isSearch(event) && ++events === 5) break;
    expect(events).toBe(5);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('frozen search trains nothing and still finds masks', async () => {
    const trainer = makeTrainer({ search: 'frozen' });
    const run = start(trainer, null);
    let before: number[] | null = null;
    for await (const event of run.events) {
      if (event.kind === 'step' && event.step === 3) before = (await weightsOf(trainer))['head.weight']!;
      if (isSearch(event)) expect((await weightsOf(trainer))['head.weight']).toEqual(before);
      if (event.kind === 'procedure-probe' && event.probe.name === 'chosenCandidate') break;
    }
    expect(masksOf(await weightsOf(trainer)).some((mask) => maskDensity(mask) < 1)).toBe(true);
    trainer.dispose();
  });

  test('a saved search that lacks an array is refused with a sentence', () => {
    const trainer = makeTrainer();
    expect(() => start(trainer, { state: { searches: 1, scenario: 2 }, arrays: {} })).toThrow(
      /saved mask search lacks "gates"/,
    );
    trainer.dispose();
  });
});

test('without masks or hierarchy the standard procedure trains', () => {
  const settings = defaultSettings(definition.fields);
  expect(definition.configure(settings).procedure.id).toBe('aread');
  expect(definition.configure({ ...settings, hemp: false }).procedure.id).toBe('standard');
  expect(definition.configure({ ...settings, hei: false }).procedure.id).toBe('standard');
});
