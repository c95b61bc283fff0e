/**
 * The search itself against the independent NumPy form of Algorithm 1 (tests/reference/aread/search.py): a trainer that
 * plays the script's gates and scores stands in for training.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine';
import { maskLayout } from '../../../models/papers/aread/masks';
import { fields } from '../../../models/papers/aread/settings';
import type { AreadSettings } from '../../../models/papers/aread/settings';
import { defaultSettings } from '../../../models/settings';
import { beginSearch, runSearch } from './search';
import type { SearchContext, SearchTrainer } from './search';

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
type Setting =
  'domains' | 'candidates' | 'trialSteps' | 'initialDensity' | 'targetDensity' | 'pruneRate' | 'sigma';
interface Case {
  readonly name: string;
  readonly experts: readonly number[];
  readonly settings: Readonly<Record<Setting, number>>;
  readonly script: Readonly<Record<'gates' | 'deviates' | 'uniforms' | 'stepGates' | 'scores', Values>>;
  readonly result: Readonly<Record<'steps' | 'initial' | 'masks' | 'chosen', Values>>;
}

const file = new URL('../../../../tests/reference/aread/fixtures/search.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] };

beforeAll(async () => {
  await openBackend('cpu');
});

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** A trainer whose gates and scores are the script's. Only what the search touches exists. */
function scriptedTrainer({ experts, settings, script }: Case): SearchTrainer {
  const layout = maskLayout(experts);
  const { edges } = layout;
  const { domains, candidates, trialSteps } = settings;
  const state = (name: string, shape: number[], fill = 0) => ({
    name,
    shape,
    tensor: tf.keep(tf.fill(shape, fill)),
  });
  const gateSum = state('gateSum', [domains, edges]);
  const gateCount = state('gateCount', [domains, 1]);
  const masks = layout.transitions.map(({ rows, columns }, t) =>
    state(`mask.${t + 2}`, [domains, rows, columns], 1),
  );
  const states = [...masks, state('maskPhase', []), gateSum, gateCount];
  const write = (target: { tensor: tf.Tensor }, values: readonly number[] | Float32Array, at = 0) => {
    const all = target.tensor.dataSync();
    all.set(values, at);
  };
  // Ten rows of every domain with the script's mean gates, as ordinary steps would have left them.
  write(
    gateSum,
    script.gates.values.map((gate) => gate * 10),
  );
  write(gateCount, new Array<number>(domains).fill(10));
  let last = 0;
  return {
    seed: 1,
    step: 100,
    stopping: false,
    dataset: {
      scenarios: Array.from({ length: domains }),
      fields: [{ offset: 1 }],
    } as unknown as SearchTrainer['dataset'],
    layout: { batch: 8 } as SearchTrainer['layout'],
    model: { states } as unknown as SearchTrainer['model'],
    readBatch: () =>
      ({
        layout: { width: 1, fields: [0] },
        scenario: new Int32Array(8),
        label: new Float32Array(8),
        ids: new Int32Array(8),
      }) as unknown as ReturnType<SearchTrainer['readBatch']>,
    snapshot: async () => ({
      arrays: Object.fromEntries(
        states.map(({ name, tensor }) => [name, Float32Array.from(tensor.dataSync())]),
      ),
    }),
    copyWeights: (from) => ({
      restore: () => states.forEach((each) => write(each, from!.arrays[each.name]!)),
      read: async () => from!,
      dispose: () => undefined,
    }),
    trialSteps: {
      reset: () => undefined,
      train(_batch, _learningRate, number) {
        last = number;
        const d = Math.floor(last / (candidates * trialSteps));
        write(
          gateSum,
          script.stepGates.values.slice(last * edges, (last + 1) * edges).map((gate) => gate * 8),
          d * edges,
        );
        write(gateCount, [8], d);
      },
    },
    repeatedPass: (_, write) => ({
      take() {
        const at = Math.floor(last / trialSteps);
        const probability = Math.exp(-script.scores.values[at]!);
        tf.tidy(() => {
          const one = tf.ones([1, 1]);
          const pass = { scores: () => ({ probability: tf.fill([1, 1], probability) }) };
          write(pass as never, { label: one, weight: one } as never);
        });
      },
      check: () => undefined,
      dispose: () => undefined,
    }),
  };
}

describe.each(cases)('scripted search: $name', (script) => {
  const { domains, candidates, trialSteps, ...rest } = script.settings;
  const layout = maskLayout(script.experts);
  const settings = {
    ...defaultSettings(fields),
    ...rest,
    numCandidates: candidates,
    trialSteps,
    evalSteps: 2,
    anneal: false,
  } as unknown as AreadSettings;

  function context(trainer: SearchTrainer): SearchContext {
    return {
      trainer,
      settings,
      layout,
      field: 0,
      rows: Array.from({ length: domains }, () => ({ rows: Int32Array.of(0, 1, 2), own: 3 })),
      drawFlips: (_, d, z) => {
        const at = d * candidates + z;
        return {
          deviate: script.script.deviates.values[at]!,
          uniforms: script.script.uniforms.values.slice(at * layout.edges, (at + 1) * layout.edges),
        };
      },
    };
  }

  test('finds the same masks, choices, scores and densities', async () => {
    const trainer = scriptedTrainer(script);
    const at = context(trainer);
    const progress = await beginSearch(at, 0);
    const before = tf.memory().numTensors;
    let events = 0;
    for await (const event of runSearch(at, progress)) {
      expect(event.kind).toBe('phase');
      events++;
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(events).toBe(domains * (candidates * (trialSteps + 2) + 1));
    expect([...progress.masks]).toEqual(script.result.masks.values);
    expect([...progress.chosen]).toEqual(script.result.chosen.values);
    script.script.scores.values.forEach((score, i) => expect(progress.scores[i]).toBeCloseTo(score, 5));
    for (let d = 0; d < domains; d++) {
      const z = script.result.chosen.values[d]!;
      const first = d * candidates + z;
      const { edges } = layout;
      const densities = [
        sum(script.result.initial.values.slice(first * edges, (first + 1) * edges)),
        ...Array.from({ length: trialSteps }, (_, k) => {
          const from = (first * trialSteps + k) * edges;
          return sum(script.result.steps.values.slice(from, from + edges));
        }),
      ];
      densities.forEach((count, k) =>
        expect(progress.density[d * (trialSteps + 1) + k]).toBeCloseTo(count / edges, 6),
      );
    }
    // The model's own states hold the masks, in their layout, and the gates' sums are empty.
    const states = Object.fromEntries(
      trainer.model.states.map(({ name, tensor }) => [name, [...tensor.dataSync()]]),
    );
    layout.transitions.forEach(({ rows, columns, offset }, t) => {
      for (let d = 0; d < domains; d++) {
        const from = d * layout.edges + offset;
        expect(states[`mask.${t + 2}`]!.slice(d * rows * columns, (d + 1) * rows * columns)).toEqual(
          script.result.masks.values.slice(from, from + rows * columns),
        );
      }
    });
    expect(states['maskPhase']).toEqual([1]);
    expect(new Set([...states['gateSum']!, ...states['gateCount']!])).toEqual(new Set([0]));
    tf.dispose(trainer.model.states.map(({ tensor }) => tensor));
  });

  test('left in the middle and gone on with, finds the same masks', async () => {
    const trainer = scriptedTrainer(script);
    const at = context(trainer);
    const progress = await beginSearch(at, 0);
    const wanted = domains + candidates * (trialSteps + 2) + 2;
    let events = 0;
    for await (const _ of runSearch(at, progress)) if (++events === wanted) break;
    expect(progress.scenario).toBeGreaterThan(0);
    expect(progress.scenario).toBeLessThan(domains);
    // A new trainer knows nothing of what went before but the progress.
    const other = scriptedTrainer(script);
    for await (const event of runSearch(context(other), progress)) expect(event.kind).toBe('phase');
    expect([...progress.masks]).toEqual(script.result.masks.values);
    for (const { model } of [trainer, other]) tf.dispose(model.states.map(({ tensor }) => tensor));
  });
});

test('candidates train on all of A_d and are chosen on rows of T_d alone', async () => {
  const script = cases[0]!;
  const { domains, candidates, trialSteps, ...rest } = script.settings;
  const played = scriptedTrainer(script);
  let last: readonly number[] = [];
  const [trained, scored] = [new Set<number>(), new Set<number>()];
  const trainer: SearchTrainer = {
    ...played,
    readBatch(rows) {
      last = [...rows];
      return played.readBatch(rows);
    },
    trialSteps: {
      ...played.trialSteps,
      train(...given) {
        last.forEach((row) => trained.add(row));
        played.trialSteps.train(...given);
      },
    },
    repeatedPass(...given) {
      const pass = played.repeatedPass(...given);
      return {
        ...pass,
        take(batch) {
          last.forEach((row) => scored.add(row));
          pass.take(batch);
        },
      };
    },
  };
  const settings = { ...defaultSettings(fields), ...rest, numCandidates: candidates, trialSteps };
  const at: SearchContext = {
    trainer,
    settings: settings as unknown as AreadSettings,
    layout: maskLayout(script.experts),
    field: 0,
    // Rows 10 … 14 of every domain are its own, 90 … 94 were added.
    rows: Array.from({ length: domains }, () => ({
      rows: Int32Array.of(10, 11, 12, 13, 14, 90, 91, 92, 93, 94),
      own: 5,
    })),
  };
  for await (const event of runSearch(at, await beginSearch(at, 0))) expect(event.kind).toBe('phase');
  expect([...scored].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14]);
  expect([...trained].filter((row) => row >= 90).length).toBeGreaterThan(0);
  expect([...trained].filter((row) => row < 90).length).toBeGreaterThan(0);
  tf.dispose(played.model.states.map(({ tensor }) => tensor));
});
