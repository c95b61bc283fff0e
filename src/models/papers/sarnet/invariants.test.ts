/** What must hold of SAR-Net whatever its weights are. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  copyVariables,
  forward,
  gradientsOf,
  outputOf,
  quietMode,
  scoresOf,
  shake,
} from '../../../../tests/support/probe';
import { permuteBehaviours, tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { AnyModel } from '../../definition';
import { findModel } from '../../registry';
import { defaultSettings, type AnySettings } from '../../settings';

const definition = findModel('sarnet');
const shape = tinyShape();
const attentions = ['none', 'target', 'scenario', 'concatenate', 'hierarchical', 'sar'];

const settingsWith = (extra: AnySettings): AnySettings => ({
  ...defaultSettings(definition.fields),
  ...definition.presets.tiny,
  ...extra,
});

/** The batch that these settings read; row 0 has no behaviours, row 1 a full history. */
const batchFor = (extra: AnySettings = {}): HostBatch =>
  tinyBatch(shape, definition.configure(settingsWith(extra)).needs, 3);
const batch = batchFor();
const { length } = batch.layout.history!;
const rows = batch.count;

function build(extra: AnySettings = {}): AnyModel {
  const model = definition.configure(settingsWith(extra)).build(shape, createVariables(1));
  shake(model);
  return model;
}

const withFairness = (given: HostBatch, of: (row: number) => number): HostBatch => ({
  ...given,
  extra: { ...given.extra, fairness: given.extra.fairness!.map((_, row) => of(row)) },
});

/** The training pass of a batch: its loss, and its probabilities `[count]`. */
function trained(
  model: AnyModel,
  given: HostBatch,
): { readonly total: number; readonly probability: Float32Array } {
  return tf.tidy(() => {
    const { pass, losses } = forward(model, shape, given, quietMode('train'));
    const probability = pass.outputs().probability!.dataSync<'float32'>().slice(0, given.count);
    return { total: losses.total.dataSync()[0]!, probability };
  });
}

function rewrite(model: AnyModel, name: RegExp, change: (value: number) => number): void {
  const targets = model.parameters.filter((parameter) => name.test(parameter.name));
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) assign(target, target.tensor.dataSync<'float32'>().map(change));
}

const meanBce = (probability: ArrayLike<number>, label: ArrayLike<number>): number => {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const p = probability[row]!;
    sum -= label[row]! > 0 ? Math.log(p + 1e-7) : Math.log(1 - p + 1e-7);
  }
  return sum / rows;
};

const expectNear = (got: ArrayLike<number>, wanted: ArrayLike<number>, digits = 5): void => {
  expect(got.length).toBe(wanted.length);
  Array.from(wanted).forEach((value, i) => expect(got[i], `element ${i}`).toBeCloseTo(value, digits));
};

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  largest(Array.from(a, (value, i) => value - b[i]!));

beforeAll(async () => {
  await openBackend('cpu');
});

describe('behaviour attention (Eq 5–7)', () => {
  it('by scenario alike over behaviours divides the item’s attention by their number; renorm undoes it', () => {
    const sar = build();
    const renormed = build({ renorm: true });
    rewrite(sar, /^attention\.scenario\.output\.weight$/, () => 0);
    copyVariables(sar, renormed);
    const target = build({ attention: 'target' });
    copyVariables(sar, target);
    // The target's batch has no scenario ids of behaviours, so its ids lie elsewhere; its histories are the same.
    const itemsOnly = withoutBehaviourScenarios();
    const byItem = outputOf(target, shape, itemsOnly, 'behaviourWeight');
    const byBoth = outputOf(sar, shape, batch, 'behaviourWeight');
    const count = (row: number): number =>
      batch.historyMask.subarray(row * length, (row + 1) * length).reduce((sum, value) => sum + value, 0);
    expect(count(1)).toBe(length);
    expectNear(
      byBoth,
      byItem.map((value, at) => value / Math.max(1, count(Math.floor(at / length)))),
    );
    expectNear(outputOf(renormed, shape, batch, 'behaviourWeight'), byItem);
  });

  it('weights are 0 where there is no behaviour; one softmax sums to 1, a product of two to at most 1', () => {
    for (const attention of attentions) {
      const given = batchFor({ attention });
      const weights = outputOf(build({ attention }), shape, given, 'behaviourWeight');
      for (let row = 0; row < rows; row++) {
        const mask = given.historyMask.subarray(row * length, (row + 1) * length);
        const own = weights.subarray(row * length, (row + 1) * length);
        own.forEach((value, k) => expect(value > 0, `${attention}, row ${row}`).toBe(mask[k]! > 0));
        const sum = own.reduce((all, value) => all + value, 0);
        const some = mask.some((value) => value > 0);
        if (attention === 'sar' || attention === 'hierarchical') expect(sum).toBeLessThan(1 + 1e-6);
        else expect(sum).toBeCloseTo(some ? 1 : 0, 5);
      }
    }
  });

  it('knows no order of behaviours', () => {
    const reversed = Array.from({ length }, (_, k) => length - 1 - k);
    for (const attention of attentions) {
      const given = batchFor({ attention });
      const model = build({ attention });
      const moved = permuteBehaviours(given, 'history', reversed);
      expect(difference(moved.ids, given.ids)).toBeGreaterThan(0);
      expectNear(outputOf(model, shape, moved, 'logit'), outputOf(model, shape, given, 'logit'), 4);
    }
  });

  it('an empty history leaves finite scores and gradients', () => {
    for (const attention of attentions) {
      const given = batchFor({ attention });
      const none = { ...given, historyMask: new Float32Array(given.historyMask.length) };
      for (const renorm of [false, true]) {
        const model = build({ attention, renorm });
        expect(largest(outputOf(model, shape, none, 'behaviourWeight'))).toBe(0);
        expect(scoresOf(model, shape, none).every(Number.isFinite)).toBe(true);
        expect(gradientsOf(model, shape, none).rows.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

/** `batch` without the ids of its behaviours' scenarios, as target attention lays it out. */
function withoutBehaviourScenarios(): HostBatch {
  const plain = batchFor({ attention: 'target' });
  const ids = plain.ids.slice();
  for (let b = 0; b < plain.layout.batch; b++) {
    const from = b * batch.layout.width;
    ids.set(batch.ids.subarray(from, from + plain.layout.width), b * plain.layout.width);
  }
  return { ...batch, layout: plain.layout, ids };
}

describe('scenario-specific transform (Eq 8)', () => {
  it('with scale 1 and shift 0 is none', () => {
    const on = build();
    rewrite(on, /^transform\.scale$/, () => 1);
    rewrite(on, /^transform\.shift$/, () => 0);
    const off = build({ transform: false });
    copyVariables(on, off);
    expectNear(scoresOf(on, shape, batch), scoresOf(off, shape, batch));
    expect(trained(on, batch).total).toBeCloseTo(trained(off, batch).total, 5);
    rewrite(on, /^transform\.scale$/, () => 1.5);
    expect(difference(scoresOf(on, shape, batch), scoresOf(off, shape, batch))).toBeGreaterThan(1e-3);
  });

  it('a row is scaled and shifted by its own scenario alone', () => {
    const model = build();
    const before = outputOf(model, shape, batch, 'vector');
    const scale = model.parameters.find(({ name }) => name === 'transform.scale')!;
    const width = scale.shape[1]!;
    assign(
      scale,
      scale.tensor
        .dataSync<'float32'>()
        .map((value, at) => (Math.floor(at / width) === 1 ? value + 1 : value)),
    );
    const after = outputOf(model, shape, batch, 'vector');
    for (let row = 0; row < rows; row++) {
      const change = difference(
        after.subarray(row * width, (row + 1) * width),
        before.subarray(row * width, (row + 1) * width),
      );
      if (batch.scenario[row] === 1) expect(change).toBeGreaterThan(0);
      else expect(change).toBe(0);
    }
  });
});

describe('fairness coefficient', () => {
  it('of 1 without bias nets leaves the plain cross-entropy of the mixture', () => {
    const model = build({ biasNet: false });
    const fair = withFairness(batch, () => 1);
    const { total, probability } = trained(model, fair);
    expect(total).toBeCloseTo(meanBce(probability, batch.label), 5);
    const unweighed = build({ biasNet: false, biasLoss: false });
    copyVariables(model, unweighed);
    expect(trained(unweighed, batch).total).toBeCloseTo(total, 6);
    expect(Math.abs(trained(model, batch).total - total)).toBeGreaterThan(1e-3);
  });

  it('weighs rows and nothing else: twice the coefficient is twice the loss and twice every gradient', () => {
    const model = build({ biasNet: false });
    const [once, twice] = [1, 2].map((factor) =>
      gradientsOf(
        model,
        shape,
        withFairness(batch, (row) => factor * batch.extra.fairness![row]!),
      ),
    );
    expect(twice!.total).toBeCloseTo(2 * once!.total, 5);
    expectNear(
      twice!.rows,
      once!.rows.map((value) => 2 * value),
    );
    for (const [name, gradient] of once!.parameters)
      expectNear(
        twice!.parameters.get(name)!,
        gradient!.map((value) => 2 * value),
      );
  });

  it('is read by bias nets in training, and by nothing at inference', () => {
    for (const biasInput of ['log', 'bucket']) {
      for (const biasFusion of ['score', 'odds', 'logit-mul']) {
        const model = build({ biasInput, biasFusion });
        const other = withFairness(batch, (row) => 0.2 + 0.3 * row);
        expect(scoresOf(model, shape, other)).toEqual(scoresOf(model, shape, batch));
        expect(
          difference(trained(model, other).probability, trained(model, batch).probability),
        ).toBeGreaterThan(1e-4);
      }
    }
  });

  it('inference is that of the network without bias nets', () => {
    const on = build();
    const off = build({ biasNet: false });
    copyVariables(on, off);
    expect(outputOf(on, shape, batch, 'logit')).toEqual(outputOf(off, shape, batch, 'logit'));
    expect(difference(trained(on, batch).probability, trained(off, batch).probability)).toBeGreaterThan(1e-3);
  });
});

describe('mixture of debias experts (Eq 9–10)', () => {
  it('gates sum to 1 and predictions lie between 0 and 1', () => {
    for (const biasFusion of ['score', 'odds', 'logit-mul']) {
      const model = build({ biasFusion });
      const gate = outputOf(model, shape, batch, 'gate');
      const experts = gate.length / shape.batch;
      expect(experts).toBe(3);
      for (let row = 0; row < rows; row++) {
        const own = gate.subarray(row * experts, (row + 1) * experts);
        expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      }
      for (const p of [
        ...trained(model, batch).probability,
        ...outputOf(model, shape, batch, 'probability').subarray(0, rows),
      ]) {
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThan(1);
      }
    }
  });

  it('a scenario without rows leaves what is its own without gradient', () => {
    const absent = 2;
    const scenarioField = shape.fields.length - 1;
    const ids = batch.ids.slice();
    const scenario = batch.scenario.map((value) => (value === absent ? 0 : value));
    for (let row = 0; row < rows; row++)
      ids[row * batch.layout.width + scenarioField] =
        shape.fields[scenarioField]!.offset + scenario[row]! + 1;
    const { parameters } = gradientsOf(build(), shape, { ...batch, ids, scenario });
    const own = [...parameters].filter(([name]) => /^(transform\.|gate\.|own\.(?!.*norm))/.test(name));
    expect(own.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'transform.scale',
        'transform.shift',
        'gate.weight',
        'own.hidden.weight',
        'own.bias.output.weight',
      ]),
    );
    for (const [name, gradient] of own) {
      const part = gradient!.length / shape.scenarios;
      for (let n = 0; n < shape.scenarios; n++) {
        const size = largest(gradient!.subarray(n * part, (n + 1) * part));
        if (n === absent) expect(size, `${name} of the absent scenario`).toBe(0);
        else expect(size, `${name} of scenario ${n}`).toBeGreaterThan(0);
      }
    }
  });
});
