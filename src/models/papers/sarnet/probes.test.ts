/** What SAR-Net's probes say of its parameters, beside the same numbers worked out by hand. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, outputOf, quietMode, shake } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../../engine';
import type { AnyModel } from '../../definition';
import { findModel } from '../../registry';
import { defaultSettings, type AnySettings } from '../../settings';
import { createBehaviourAttention } from './attention';
import { COEFFICIENTS } from './biasCurves';

const definition = findModel('sarnet');
const shape = tinyShape();
const settings = { ...defaultSettings(definition.fields), ...definition.presets.tiny };
const batch = tinyBatch(shape, definition.configure(settings).needs, 3);
const scenarios = shape.scenarios;

function build(extra: AnySettings = {}): AnyModel {
  const model = definition.configure({ ...settings, ...extra }).build(shape, createVariables(1));
  shake(model);
  return model;
}

const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

const valuesOf = (model: AnyModel, name: string): number[] => {
  const found = [...model.parameters, ...model.states].find((one) => one.name === name);
  if (!found) throw new Error(`No ${name}.`);
  return numbers(found.tensor);
};

/** Sums and counts of the probes of one evaluation batch. */
function probesOf(model: AnyModel): Record<string, { sum: number[]; count: number[] }> {
  return tf.tidy(() => {
    const { pass } = forward(model, shape, batch, quietMode('evaluate'));
    return Object.fromEntries(
      Object.entries(pass.probes()).map(([name, { sum, count }]) => [
        name,
        { sum: numbers(sum), count: numbers(count) },
      ]),
    );
  });
}

beforeAll(async () => {
  await openBackend('cpu');
});

describe('probes of attention', () => {
  it('share a row’s weights out over the scenarios and the places of its behaviours; rows without any stand aside', () => {
    const model = build();
    const { attention, attentionPosition, gates } = probesOf(model);
    const [weights, gate] = ['behaviourWeight', 'gate'].map((name) =>
      outputOf(model, shape, batch, name),
    ) as [Float32Array, Float32Array];
    const { length } = batch.layout.history!;
    const experts = gate.length / shape.batch;
    const byScenario = new Array<number>(scenarios * scenarios).fill(0);
    const byPlace = new Array<number>(scenarios * length).fill(0);
    const byExpert = new Array<number>(scenarios * experts).fill(0);
    const readers = new Array<number>(scenarios).fill(0);
    for (let b = 0; b < batch.count; b++) {
      const n = batch.scenario[b]!;
      for (let e = 0; e < experts; e++) byExpert[n * experts + e]! += gate[b * experts + e]!;
      const own = weights.subarray(b * length, (b + 1) * length);
      const whole = own.reduce((sum, value) => sum + value, 0);
      if (whole === 0) continue;
      readers[n]!++;
      own.forEach((value, k) => {
        if (value === 0) return;
        byScenario[n * scenarios + batch.historyScenario[b * length + k]!]! += value / whole;
        byPlace[n * length + k]! += value / whole;
      });
    }
    expect(readers.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(batch.count);
    expect(attention!.count).toEqual(readers);
    byScenario.forEach((value, i) => expect(attention!.sum[i]).toBeCloseTo(value, 4));
    byPlace.forEach((value, i) => expect(attentionPosition!.sum[i]).toBeCloseTo(value, 4));
    byExpert.forEach((value, i) => expect(gates!.sum[i]).toBeCloseTo(value, 4));
    model.dispose();
  });
});

describe('probes of bias nets', () => {
  /** σ(u) of one bias net at a coefficient: `slot` of a stack of `slots` nets of 3 units with shared statistics. */
  function factor(
    model: AnyModel,
    stream: 'shared' | 'own',
    net: number,
    slot: number,
    coefficient: number,
  ): number {
    const units = settings.biasHidden as number;
    const [hidden, head] = [`${stream}.bias.hidden`, `${stream}.bias.output`];
    let u = valuesOf(model, `${head}.bias`)[net]!;
    for (let k = 0; k < units; k++) {
      const norm = (part: string): number => valuesOf(model, `${hidden}.norm.${part}`)[slot * units + k]!;
      const weight = valuesOf(model, `${hidden}.weight`)[net * units + k]!;
      const centred = Math.log(coefficient) * weight - norm('mean');
      const normal = (norm('gamma') * centred) / Math.sqrt(norm('variance') + 1e-5) + norm('beta');
      u += Math.max(0, normal) * valuesOf(model, `${head}.weight`)[net * units + k]!;
    }
    return 1 / (1 + Math.exp(-u));
  }

  it('are each net’s factor at each coefficient, and mixed by the gates of a scenario', () => {
    const model = build();
    const { biasByExpert, biasByScenario, gates } = probesOf(model);
    const points = COEFFICIENTS.length;
    const [shared, own] = [settings.numShared as number, settings.numOwn as number];
    expect([shared, own]).toEqual([2, 1]);
    expect(biasByExpert!.sum).toHaveLength((shared + scenarios * own) * points);
    COEFFICIENTS.forEach((coefficient, p) => {
      const ofShared = Array.from({ length: shared }, (_, e) => factor(model, 'shared', e, e, coefficient));
      const ofOwn = Array.from({ length: scenarios }, (_, n) => factor(model, 'own', n, 0, coefficient));
      [...ofShared, ...ofOwn].forEach((value, e) =>
        expect(biasByExpert!.sum[e * points + p]).toBeCloseTo(value, 5),
      );
      for (let n = 0; n < scenarios; n++) {
        const gate = gates!.sum.slice(n * (own + shared), (n + 1) * (own + shared));
        const mixed = [ofOwn[n]!, ...ofShared].reduce((sum, value, e) => sum + value * gate[e]!, 0);
        expect(biasByScenario!.sum[n * points + p]).toBeCloseTo(mixed, 4);
      }
    });
    expect(new Set(biasByExpert!.sum.map((value) => value.toFixed(4))).size).toBeGreaterThan(10);
    model.dispose();
  });

  it('are there for bias nets that read buckets, and gone without bias nets', () => {
    const bucket = build({ biasInput: 'bucket' });
    const { biasByExpert } = probesOf(bucket);
    for (const value of biasByExpert!.sum) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(1);
    }
    bucket.dispose();
    const none = build({ biasNet: false });
    expect(Object.keys(probesOf(none))).not.toContain('biasByExpert');
    none.dispose();
  });
});

describe('probes of the transform', () => {
  it('show which field a scenario turns up, and which it moves', () => {
    const model = build();
    const dim = settings.embeddingDim as number;
    const scale = model.parameters.find(({ name }) => name === 'transform.scale')!;
    const shift = model.parameters.find(({ name }) => name === 'transform.shift')!;
    const width = scale.shape[1]!;
    const fields = width / dim;
    // Field 3 of scenario 1: its units at β = ±2, γ = ±0.5.
    const at = (i: number): boolean => Math.floor(i / dim) === fields + 3;
    assign(
      scale,
      Float32Array.from({ length: scenarios * width }, (_, i) => (at(i) ? 2 * (-1) ** i : 1)),
    );
    assign(
      shift,
      Float32Array.from({ length: scenarios * width }, (_, i) => (at(i) ? 0.5 * (-1) ** i : 0)),
    );
    const { transformScale, transformShift } = probesOf(model);
    const spec = model.probes.find(({ name }) => name === 'transformScale')!;
    expect(spec.axes[1]!.labels).toHaveLength(fields);
    transformScale!.sum.forEach((value, i) => expect(value).toBeCloseTo(i === fields + 3 ? 1 : 0, 6));
    transformShift!.sum.forEach((value, i) => expect(value).toBeCloseTo(i === fields + 3 ? 0.5 : 0, 6));
    model.dispose();
  });
});

describe('feed-forward attention ψ', () => {
  it('with three matrices is the network on [x, y, x − y, x ⊙ y] whose matrices they fold', () => {
    const [rows, length, width, hidden] = [2, 3, 4, 5];
    const next = (i: number): number => Math.sin(3.1 * i + 0.7);
    const matrix = (seed: number): number[][] =>
      Array.from({ length: width }, (_, i) =>
        Array.from({ length: hidden }, (__, j) => next(7 * i + j + seed)),
      );
    const [onX, onY, onDifference, onProduct] = [11, 23, 37, 51].map(matrix) as [
      number[][],
      number[][],
      number[][],
      number[][],
    ];
    const variables = createVariables(1);
    const attention = createBehaviourAttention(
      variables,
      'target',
      { item: width, scenario: width, hidden },
      false,
    );
    const put = (name: string, values: readonly number[]): void =>
      assign(
        variables.parameters.find((one) => one.name === `attention.item.${name}`)!,
        Float32Array.from(values),
      );
    const plus = (a: number[][], b: number[][], sign: number): number[] =>
      a.flatMap((row, i) => row.map((value, j) => value + sign * b[i]![j]!));
    put('behaviour.weight', plus(onX, onDifference, 1));
    put('target.weight', plus(onY, onDifference, -1));
    put('product.weight', onProduct.flat());
    const bias = Array.from({ length: hidden }, (_, j) => 0.1 * next(j));
    const head = Array.from({ length: hidden }, (_, j) => next(j + 90));
    put('bias', bias);
    put('output.weight', head);

    const items = Array.from({ length: rows * length * width }, (_, i) => next(i + 200));
    const target = Array.from({ length: rows * width }, (_, i) => next(i + 300));
    const found = tf.tidy(() =>
      numbers(
        attention({
          items: tf.tensor3d(items, [rows, length, width]),
          scenarios: null,
          mask: tf.ones([rows, length]),
          targetItem: tf.tensor2d(target, [rows, width]),
          targetScenario: tf.zeros([rows, width]),
        }),
      ),
    );
    for (let b = 0; b < rows; b++) {
      const y = target.slice(b * width, (b + 1) * width);
      const scores = Array.from({ length }, (_, k) => {
        const x = items.slice((b * length + k) * width, (b * length + k + 1) * width);
        return head.reduce((score, weight, j) => {
          const inner = x.reduce(
            (sum, value, i) =>
              sum +
              value * onX[i]![j]! +
              y[i]! * onY[i]![j]! +
              (value - y[i]!) * onDifference[i]![j]! +
              value * y[i]! * onProduct[i]![j]!,
            bias[j]!,
          );
          return score + weight * Math.max(0, inner);
        }, 0);
      });
      const all = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      scores.forEach((score, k) => expect(found[b * length + k]).toBeCloseTo(Math.exp(score) / all, 4));
    }
  });
});
