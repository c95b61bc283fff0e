/** What holds for every model of the registry, those to come included. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  assign,
  createAdam,
  createMode,
  createVariables,
  memoryOf,
  openBackend,
  readTensor,
  runStep,
  traceKernels,
  type mixtureOwnGradient as engineMixture,
  type stopGradient as engineStopGradient,
} from '../engine';
import { chosenModels, procedureOf, representatives } from '../../tests/support/chosenModels';
import { forward, gradientsOf, quietMode, scoresOf, shake } from '../../tests/support/probe';
import { fillPadding, normals, permuteRows, tinyBatch, tinyShape } from '../../tests/support/tinyData';
import type { HostBatch } from '../data/batches';
import type { AnyModelDefinition, DataShape, AnyModel } from './definition';
import { findModel, models } from './registry';
import { defaultSettings, parseSettings, type AnySettings } from './settings';

/**
 * A stop-gradient is a constant of the derivative, so finite differences must hold its value at the point of departure:
 * `hold` records the values of one pass, `replay` gives them back in order.
 */
const stops = vi.hoisted(() => ({
  phase: 'off',
  values: [] as unknown[],
  at: 0,
  /** What stands for a stopped `x` in the present phase; null where it stops itself. */
  held: null as ((x: tf.Tensor) => tf.Tensor) | null,
}));
stops.held = (x) => {
  if (stops.phase === 'hold') stops.values.push(x.dataSync().slice());
  return stops.phase === 'replay' ? tf.tensor(stops.values[stops.at++] as Float32Array, x.shape) : x;
};
vi.mock('../engine/ops/stopGradient', async (original) => {
  const { stopGradient } = await original<{ stopGradient: typeof engineStopGradient }>();
  return { stopGradient: (x: tf.Tensor) => (stops.phase === 'off' ? stopGradient(x) : stops.held!(x)) };
});
// Stops the gradients of branches that are not a row's own, inside: for differences the same with the stop outside.
vi.mock('../engine/ops/mixtureOwnGradient', async (original) => {
  const { mixtureOwnGradient } = await original<{ mixtureOwnGradient: typeof engineMixture }>();
  return {
    mixtureOwnGradient(given: Parameters<typeof engineMixture>[0]) {
      if (stops.phase === 'off') return mixtureOwnGradient(given);
      const { x, weight, bias, alpha, oneHot, slope } = given;
      const h = tf.leakyRelu(tf.add(tf.einsum('bi,niw->bnw', x, weight), bias), slope);
      const own = tf.expandDims(oneHot, 2);
      const branches = tf.add(tf.mul(h, own), tf.mul(stops.held!(h), tf.sub(1, own)));
      return tf.sum(tf.mul(branches, tf.expandDims(alpha, 2)), 1);
    },
  };
});

beforeAll(async () => {
  await openBackend('cpu');
});

it('ids are unique and an unknown id names the known ones', () => {
  const ids = models.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(() => findModel('no-such-model')).toThrow(ids.join(', '));
});

const tinySettings = (definition: AnyModelDefinition): AnySettings => ({
  ...defaultSettings(definition.fields),
  ...definition.presets.tiny,
});

const chosen = chosenModels().map((definition) => [definition.id, definition] as const);
/** Kernels of a training step, by model. */
const kernels = new Map<string, readonly string[]>();

describe.each(chosen)('%s', (_id, definition) => {
  const settings = tinySettings(definition);
  const shape = tinyShape();
  const needs = definition.configure(settings).needs;
  const batch = tinyBatch(shape, needs, 3);
  let model: AnyModel;
  const build = (seed: number, given = settings): AnyModel =>
    definition.configure(given).build(shape, createVariables(seed));

  beforeAll(() => {
    model = build(1);
    shake(model);
  });
  afterAll(() => model?.dispose());

  it('accepts its defaults, presets and variants, and rejects what it does not know', () => {
    const accepted = [
      {},
      ...Object.values(definition.presets),
      ...definition.variants.map((variant) => variant.settings),
    ];
    for (const given of accepted) expect(() => parseSettings(definition.fields, given)).not.toThrow();
    expect(parseSettings(definition.fields, {})).toEqual(defaultSettings(definition.fields));
    expect(() =>
      definition.configure({ ...settings, noSuchSetting: 1 }).build(shape, createVariables(1)),
    ).toThrow('noSuchSetting');
  });

  it('gives tensors of the declared shapes', () => {
    tf.tidy(() => {
      const { pass } = forward(model, shape, batch, quietMode('evaluate'));
      const { score, probability, columns = {} } = pass.scores();
      expect(pass.logit.shape).toEqual([shape.batch, 1]);
      expect(score.shape).toEqual([shape.batch, 1]);
      expect(probability.shape).toEqual([shape.batch, 1]);
      for (const column of Object.values(columns)) {
        expect(column.rank).toBe(2);
        expect(column.shape[0]).toBe(shape.batch);
      }
      for (const value of probability.dataSync()) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    });
    const names = [...model.parameters, ...model.states].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, shape: declared, tensor } of [...model.parameters, ...model.states])
      expect([name, tensor.shape]).toEqual([name, declared]);
    const tables = needs.ownTables ? shape.scenarios + (needs.extraTables ?? 0) : 1;
    expect(model.table.tensor.shape).toEqual([tables * shape.vocabularySize, model.table.dim]);
  });

  it('gives every declared probe, on the declared axes; shares sum to 1', () => {
    tf.tidy(() => {
      const { pass } = forward(model, shape, batch, quietMode('evaluate'));
      const values = pass.probes();
      const declared = model.probes.filter(({ source }) => source === undefined);
      expect(Object.keys(values).sort()).toEqual(declared.map(({ name }) => name).sort());
      for (const { name, axes, scale } of declared) {
        const { sum, count } = values[name]!;
        expect(sum.rank, `${name}: axes`).toBe(axes.length);
        axes.forEach((axis, i) => {
          if (axis.labels) expect(sum.shape[i], `${name}: axis ${axis.name}`).toBe(axis.labels.length);
        });
        expect(sum.shape.slice(0, count.rank), `${name}: count`).toEqual(count.shape);
        expect(sum.dataSync().every(Number.isFinite), name).toBe(true);
        if (scale !== 'share') continue;
        const width = sum.shape[sum.rank - 1]!;
        const sums = sum.dataSync();
        const counts = count.dataSync();
        for (let from = 0; from < sums.length; from += width) {
          const of = counts[Math.floor((from * counts.length) / sums.length)]!;
          let share = 0;
          for (let k = 0; k < width; k++) share += sums[from + k]!;
          if (of > 0) expect(share / of, `${name}: row ${from / width}`).toBeCloseTo(1, 4);
        }
      }
    });
  });

  it('has probes whose axes fit data that offers fewer behaviours than it asks for', () => {
    const short = { ...shape, history: { ...shape.history!, length: 2 } };
    const narrow = definition.configure(settings).build(short, createVariables(1));
    tf.tidy(() => {
      const { pass } = forward(narrow, short, tinyBatch(short, needs, 3), quietMode('evaluate'));
      const values = pass.probes();
      for (const { name, axes, source } of narrow.probes) {
        if (source !== undefined) continue;
        const labels = axes.map((axis, i) => axis.labels?.length ?? values[name]!.sum.shape[i]);
        expect(values[name]!.sum.shape, name).toEqual(labels);
      }
    });
    narrow.dispose();
  });

  it('gives every declared representation, a finite vector a row', () => {
    tf.tidy(() => {
      const { pass } = forward(model, shape, batch, quietMode('evaluate'));
      const vectors = pass.vectors();
      const declared = model.probes.filter(({ source }) => source === 'rows');
      expect(declared.length).toBeGreaterThan(0);
      expect(Object.keys(vectors).sort()).toEqual(declared.map(({ name }) => name).sort());
      for (const { name, axes } of declared) {
        const { shape: size } = vectors[name]!;
        expect(size.length, name).toBe(axes.length);
        expect(size[0], name).toBe(shape.batch);
        if (axes.length === 3) expect(size[1], name).toBe(shape.scenarios);
        const values = vectors[name]!.dataSync();
        expect(values.every(Number.isFinite), name).toBe(true);
        // Rows differ: a representation of nothing would show nothing.
        expect(new Set(values).size, name).toBeGreaterThan(1);
      }
    });
  });

  it('has a finite loss and trains every parameter', () => {
    const { total, parameters, rows } = gradientsOf(model, shape, batch);
    expect(Number.isFinite(total)).toBe(true);
    expect(rows.some((value) => value !== 0)).toBe(true);
    for (const [name, gradient] of parameters) {
      expect(
        gradient?.some((value) => value !== 0),
        `gradient of ${name}`,
      ).toBe(true);
      expect(gradient?.every(Number.isFinite), `gradient of ${name}`).toBe(true);
    }
  });

  it('every variant builds, has a finite loss and gives a gradient to the table', () => {
    for (const { name, table, settings: given } of definition.variants) {
      const own = build(5, { ...settings, ...given });
      const wanted = definition.configure({ ...settings, ...given }).needs;
      const { total, rows } = gradientsOf(own, shape, tinyBatch(shape, wanted, 6));
      expect(Number.isFinite(total), `${table}, ${name}`).toBe(true);
      expect(
        rows.some((value) => value !== 0),
        `${table}, ${name}`,
      ).toBe(true);
      own.dispose();
    }
  });

  it('scores a row by that row alone: permuting rows permutes scores', () => {
    const order = Array.from({ length: shape.batch }, (_, b) => (b * 7 + 3) % shape.batch);
    const plain = scoresOf(model, shape, batch);
    const moved = scoresOf(model, shape, permuteRows(batch, order));
    order.forEach((from, to) => {
      expect(moved[2 * to]).toBeCloseTo(plain[2 * from]!, 5);
      expect(moved[2 * to + 1]).toBeCloseTo(plain[2 * from + 1]!, 5);
    });
  });

  it('is blind to what stands in padding rows', () => {
    const filled = fillPadding(batch);
    expect(filled.ids).not.toEqual(batch.ids);
    const plainScores = scoresOf(model, shape, batch);
    const filledScores = scoresOf(model, shape, filled);
    for (let i = 0; i < 2 * batch.count; i++) expect(filledScores[i]).toBeCloseTo(plainScores[i]!, 5);
    const plain = gradientsOf(model, shape, batch);
    const other = gradientsOf(model, shape, filled);
    expect(other.total).toBeCloseTo(plain.total, 4);
    for (const [name, gradient] of plain.parameters) {
      const size = Math.max(1e-3, ...gradient!.map(Math.abs));
      const apart = other.parameters.get(name)!.map((value, i) => Math.abs(value - gradient![i]!));
      expect(Math.max(...apart) / size, `gradient of ${name}`).toBeLessThan(1e-3);
    }
  });

  it('holds as many tensors after eight steps as after three, and repeats the same kernels on the same shapes', () => {
    const own = build(2);
    const optimiser = createAdam({ parameters: own.parameters, table: own.table });
    const step = (number: number): void => {
      const rows = tinyBatch(shape, needs, 100 + number);
      runStep({
        table: own.table,
        parameters: own.parameters,
        optimiser,
        ids: rows.ids,
        batch: shape.batch,
        learningRate: 1e-3,
        l2: 1e-5,
        mode: createMode('train', 1, number),
        build: (gathered, mode) => forward(own, shape, rows, mode, gathered).losses,
      });
    };
    for (let number = 1; number <= 3; number++) step(number);
    const held = memoryOf().tensors;
    const first = traceKernels(() => step(4));
    const second = traceKernels(() => step(5));
    for (let number = 6; number <= 8; number++) step(number);
    expect(memoryOf().tensors).toBe(held);
    expect(second).toEqual(first);
    kernels.set(
      definition.id,
      first.map(({ kernel }) => kernel),
    );
    optimiser.dispose();
    own.dispose();
  });

  it('frees everything on disposal', () => {
    const before = memoryOf().tensors;
    build(3).dispose();
    expect(memoryOf().tensors).toBe(before);
  });

  it('predicts the same after its variables moved to another instance', async () => {
    const other = build(9);
    expect(scoresOf(other, shape, batch)).not.toEqual(scoresOf(model, shape, batch));
    const variables = (of: AnyModel) => [...of.parameters, ...of.states, of.table];
    const from = variables(model);
    for (const [i, target] of variables(other).entries()) {
      expect(target.name).toBe(from[i]!.name);
      assign(target, await readTensor(from[i]!));
    }
    expect(scoresOf(other, shape, batch)).toEqual(scoresOf(model, shape, batch));
    other.dispose();
  });

  it('has gradients that finite differences confirm', () => {
    const own = build(4);
    let open: readonly string[] = own.parameters.map(({ name }) => name);
    let report = '';
    // Near a kink of ReLU a difference is wrong by chance, a wrong gradient is wrong everywhere: so a parameter that
    // disagrees is looked at again from another place.
    for (let place = 1; place <= 4 && open.length > 0; place++) {
      shake(own, 30 + place);
      const wrong = disagreeing(own, shape, batch, place, open);
      open = wrong.map(({ name }) => name);
      report = wrong.map((one) => `${one.name}: ${one.difference} against ${one.slope}`).join('; ');
    }
    own.dispose();
    expect(report).toBe('');
  });
});

it('representatives run every kernel and train by every procedure', () => {
  const kernelsOf = ({ id }: AnyModelDefinition) => kernels.get(id) ?? [];
  const covered = new Set(representatives().flatMap((model) => [...kernelsOf(model), procedureOf(model)]));
  const lacking = chosenModels().flatMap((model) =>
    [...new Set([...kernelsOf(model), procedureOf(model)])]
      .filter((part) => !covered.has(part))
      .map((part) => `${model.id}: ${part}`),
  );
  expect(lacking, 'add the model to REPRESENTATIVES in tests/support/chosenModels.ts').toEqual([]);
});

/** Widths of central differences, tried in turn: the first that agrees with the slope settles it. */
const WIDTHS = [2e-3, 1e-3, 5e-4];

/**
 * Those of the parameters `names` whose slope of the loss along a direction is one thing by central differences, with
 * stop-gradients held, and another by the tape.
 */
function disagreeing(
  model: AnyModel,
  shape: DataShape,
  batch: HostBatch,
  seed: number,
  names: readonly string[],
): readonly { readonly name: string; readonly difference: number; readonly slope: number }[] {
  const total = (): number =>
    tf.tidy(() => forward(model, shape, batch, quietMode('train')).losses.total.dataSync()[0]!);
  stops.phase = 'hold';
  stops.values = [];
  total();
  stops.phase = 'off';
  const { parameters } = gradientsOf(model, shape, batch);
  const next = normals(seed);
  const unit = (list: Float32Array): Float32Array => {
    const length = Math.hypot(...list) || 1;
    return list.map((value) => value / length);
  };
  const slopes = model.parameters.map((parameter) => {
    // Half along the gradient, so that the slope is not lost in rounding; half at random, so that nothing can hide.
    const gradient = parameters.get(parameter.name)!;
    const random = unit(Float32Array.from(gradient, () => next()));
    const along = unit(gradient);
    const direction = unit(along.map((value, i) => value + random[i]!));
    return {
      parameter,
      direction,
      slope: gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0),
    };
  });
  const largest = Math.max(...slopes.map(({ slope }) => Math.abs(slope)));
  const wrong: { name: string; difference: number; slope: number }[] = [];
  for (const { parameter, direction, slope } of slopes) {
    if (!names.includes(parameter.name)) continue;
    const base = parameter.tensor.dataSync<'float32'>().slice();
    const at = (by: number): number => {
      assign(
        parameter,
        base.map((value, i) => value + by * direction[i]!),
      );
      stops.phase = 'replay';
      stops.at = 0;
      const value = total();
      stops.phase = 'off';
      return value;
    };
    const differences: number[] = [];
    const agrees = WIDTHS.some((h) => {
      const difference = (at(h) - at(-h)) / (2 * h);
      differences.push(difference);
      // Rounding of the loss (1e-7 of it) over 2h bounds what a difference can tell of small slopes.
      const size = Math.max(Math.abs(difference), 0.02 * largest);
      // Where every sigmoid is saturated, both are 0.
      return Math.abs(difference - slope) <= 2e-2 * size;
    });
    assign(parameter, base);
    differences.sort((one, other) => Math.abs(one - slope) - Math.abs(other - slope));
    if (!agrees) wrong.push({ name: parameter.name, difference: differences[0]!, slope });
  }
  return wrong;
}
