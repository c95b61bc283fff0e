/** What must hold of OptMSM whatever its weights are. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, gradientsOf, quietMode, scoresOf, shake } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { AnyModel } from '../../definition';
import { findModel } from '../../registry';
import type { AnySettings } from '../../settings';
import { pairCosines } from './constraint';
import { optmsm } from '.';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);

/** Widths that tell layers apart, and a constraint that is felt. */
const distinct = { hidden: [8, 6, 5], predictorHidden: [6, 5], lambdaOrth: 0.1 };

function build(settings: AnySettings = {}): AnyModel {
  const given = { ...optmsm.presets.tiny, ...distinct, ...settings };
  const model = optmsm.configure(given).build(shape, createVariables(1));
  shake(model);
  return model;
}

const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

function rewrite(model: AnyModel, names: RegExp, change: (value: number, i: number) => number): void {
  const targets = model.parameters.filter(({ name }) => names.test(name));
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) assign(target, target.tensor.dataSync<'float32'>().map(change));
}

function evaluated<T>(
  model: AnyModel,
  look: (outputs: Readonly<Record<string, tf.Tensor>>, probes: Record<string, number[]>) => T,
): T {
  let found: T | undefined;
  tf.tidy(() => {
    const { pass } = forward(model, shape, batch, quietMode('evaluate'));
    const probes = Object.entries(pass.probes());
    found = look(
      pass.outputs(),
      Object.fromEntries(
        probes.map(([name, { sum, count }]) => {
          const divisor = tf.reshape(count, [...count.shape, ...sum.shape.slice(count.rank).map(() => 1)]);
          return [name, numbers(tf.div(sum, divisor))];
        }),
      ),
    );
  });
  return found!;
}

function terms(model: AnyModel): Record<string, number> {
  return tf.tidy(() => {
    const { losses } = forward(model, shape, batch, quietMode('train'));
    return Object.fromEntries(Object.entries(losses.terms).map(([name, term]) => [name, numbers(term)[0]!]));
  });
}

beforeAll(async () => {
  await openBackend('cpu');
});

describe('hypernetwork', () => {
  it('scales by more than 0 and less than 2', () => {
    const model = build();
    const scales = evaluated(model, (_, probes) =>
      Object.entries(probes).flatMap(([name, values]) => (/^hyperScale/.test(name) ? values : [])),
    );
    model.dispose();
    expect(scales.length).toBeGreaterThan(10);
    for (const scale of scales) {
      expect(scale).toBeGreaterThan(0);
      expect(scale).toBeLessThan(2);
    }
  });

  it('without weights is none', () => {
    const silent = build();
    rewrite(silent, /^hyper\..*\.scale\./, () => 0);
    const none = build({ hypernetwork: false });
    const from = new Map([...silent.parameters, silent.table].map((one) => [one.name, one]));
    for (const target of [...none.parameters, none.table]) assign(target, from.get(target.name)!.tensor);
    expect(scoresOf(silent, shape, batch)).toEqual(scoresOf(none, shape, batch));
    const histogram = evaluated(silent, (_, probes) => probes.hyperHistogram!);
    for (let layer = 0; layer < 3; layer++) expect(histogram[20 * layer + 10]).toBeCloseTo(1, 5);
    silent.dispose();
    none.dispose();
  });

  it('of each scenario is one for all where they are alike, and learns from its own rows alone', () => {
    const [own, all] = [build({ hypernetworkOf: 'own' }), build()];
    const shared = new Map([...all.parameters, all.table].map((one) => [one.name, one]));
    for (const target of [...own.parameters, own.table]) {
      const from = shared.get(target.name)!.tensor;
      const repeated = tf.tidy(() =>
        target.tensor.rank > from.rank ? tf.stack(Array.from({ length: shape.scenarios }, () => from)) : from,
      );
      assign(target, repeated);
    }
    const wanted = scoresOf(all, shape, batch);
    scoresOf(own, shape, batch).forEach((score, i) => expect(score).toBeCloseTo(wanted[i]!, 5));
    const rows: HostBatch = { ...batch, scenario: batch.scenario.map((n) => (n === 2 ? 0 : n)) };
    const gradient = gradientsOf(own, shape, rows).parameters.get('hyper.0.scale.weight')!;
    const third = gradient.length / 3;
    const size = (m: number): number => Math.hypot(...gradient.slice(m * third, (m + 1) * third));
    expect(size(0)).toBeGreaterThan(1e-7);
    expect(size(2)).toBe(0);
    own.dispose();
    all.dispose();
  });

  it('behind a stopped gradient trains nothing that it reads', () => {
    const only = (model: AnyModel): number => {
      // With the predictor's first layer blind to R0, the representation learns through the hypernetwork alone.
      rewrite(model, /^predictor\.0\.weight$/, () => 0);
      const gradient = gradientsOf(model, shape, batch).parameters.get('transfer.2.shared.weight')!;
      model.dispose();
      return Math.hypot(...gradient);
    };
    expect(only(build({ lambdaOrth: 0 }))).toBeGreaterThan(1e-7);
    expect(only(build({ lambdaOrth: 0, hyperStopGrad: true }))).toBe(0);
  });
});

describe('representations', () => {
  it('of equal branches are equal, with cosine 1', () => {
    const model = build();
    rewrite(model, /^transfer\.\d\.own\.weight$/, () => 1);
    rewrite(model, /^transfer\.\d\.own\.bias$/, () => 0);
    rewrite(model, /^seGate\./, () => 0);
    evaluated(model, ({ representations }, probes) => {
      const [first, ...rest] = tf.unstack(representations!).map(numbers);
      for (const other of rest) expect(other).toEqual(first);
      // Rows whose every unit is silent have no direction; the rest have the same one.
      expect(
        Math.max(...probes.representationCosine!) - Math.min(...probes.representationCosine!),
      ).toBeLessThan(1e-5);
      for (const deviation of probes.ownDeviation!) expect(deviation).toBe(0);
    });
    model.dispose();
  });

  it('of a scenario without rows are trained by the constraint alone', () => {
    const rows: HostBatch = { ...batch, scenario: batch.scenario.map((n) => (n === 2 ? 0 : n)) };
    const ofBranch = (lambdaOrth: number): number => {
      const model = build({ lambdaOrth });
      const gradient = gradientsOf(model, shape, rows).parameters.get('transfer.2.own.weight')!;
      model.dispose();
      return Math.hypot(...gradient.slice((2 * gradient.length) / 3));
    };
    expect(ofBranch(0)).toBe(0);
    expect(ofBranch(0.5)).toBeGreaterThan(1e-6);
  });

  it('have cosines whose closed form is the sum over pairs', () => {
    tf.tidy(() => {
      const r = tf.relu(tf.randomNormal<tf.Rank.R3>([4, 5, 6], 0.3, 1, 'float32', 3));
      const values = r.arraySync();
      for (const mode of ['sum', 'square'] as const) {
        const rows = numbers(pairCosines(r, mode));
        for (let b = 0; b < 5; b++) {
          let sum = 0;
          for (let i = 0; i < 4; i++) {
            for (let j = 0; j < 4; j++) {
              if (i === j) continue;
              const [p, q] = [values[i]![b]!, values[j]![b]!];
              const inner = p.reduce((total, value, k) => total + value * q[k]!, 0);
              const cosine = inner / (Math.hypot(...p) * Math.hypot(...q));
              sum += mode === 'sum' ? cosine : cosine ** 2;
            }
          }
          expect(rows[b]).toBeCloseTo(sum / 12, 5);
        }
      }
    });
  });

  it('have a constraint between 0 and 1; as a sum of cosines without a last ReLU, not below −1/(N−1)', () => {
    for (const op of ['fcn', 'moe', 'cgc']) {
      for (const transferOutput of ['linear', 'relu']) {
        for (const orthMode of ['sum', 'square']) {
          const model = build({ op, orthMode, transferOutput });
          const { orth } = terms(model);
          model.dispose();
          const below = transferOutput === 'linear' && orthMode === 'sum' ? 1 / (shape.scenarios - 1) : 0;
          expect(orth).toBeGreaterThanOrEqual(-below - 1e-6);
          expect(orth).toBeLessThanOrEqual(1 + 1e-6);
        }
      }
    }
  });

  it.each(['fcn', 'moe', 'cgc'])(
    'are linear in the last layer of %s, as Eq 8 prints, or behind a ReLU',
    (op) => {
      const least = (settings: AnySettings): number => {
        const model = build({ op, ...settings });
        const smallest = evaluated(model, ({ representations }) => Math.min(...numbers(representations!)));
        model.dispose();
        return smallest;
      };
      expect(least({})).toBeLessThan(-1e-4);
      expect(least({ transferOutput: 'relu' })).toBeGreaterThanOrEqual(0);
    },
  );

  it('that are linear reach right angles while every unit is active; behind a ReLU only where units die', () => {
    // One row in two scenarios, in the plane: the constraint alone moves r, from an acute angle.
    const angle = (relu: boolean) =>
      tf.tidy(() => {
        const start = tf.tensor3d([1, 0.2, 1, 0.9], [2, 1, 2]);
        const r = (x: tf.Tensor) => (relu ? tf.relu(x) : x) as tf.Tensor3D;
        const slope = tf.grad((x) => tf.sum(pairCosines(r(x), 'square')));
        let x: tf.Tensor = start;
        for (let step = 0; step < 400; step++) x = tf.sub(x, tf.mul(slope(x), 0.05));
        const values = numbers(r(x));
        return { cosine: numbers(pairCosines(r(x), 'sum'))[0]!, least: Math.min(...values.map(Math.abs)) };
      });
    expect(Math.abs(angle(false).cosine)).toBeLessThan(0.02);
    expect(angle(false).least).toBeGreaterThan(0.1);
    expect(angle(true).cosine).toBeLessThan(0.1);
    expect(angle(true).least).toBeLessThan(0.05);
  });

  it('of one scenario have no constraint', () => {
    const one = tinyShape(12, 1);
    const model = optmsm.configure(optmsm.presets.tiny).build(one, createVariables(1));
    const rows = tinyBatch(one, {}, 3);
    const found = tf.tidy(() => Object.keys(forward(model, one, rows, quietMode('train')).losses.terms));
    model.dispose();
    expect(found).toEqual(['click']);
  });
});

describe('experts', () => {
  it('of other scenarios get no weight in CGC, and weights sum to 1', () => {
    const model = build({ op: 'cgc' });
    const gates = evaluated(model, (_, probes) => probes.transferGate!);
    model.dispose();
    for (let m = 0; m < 3; m++) {
      const row = gates.slice(8 * m, 8 * (m + 1));
      row.forEach((value, e) => {
        const allowed = Math.floor(e / 2) === m || e >= 6;
        if (allowed) expect(value).toBeGreaterThan(0);
        else expect(value).toBe(0);
      });
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
  });
});

describe('switches', () => {
  const copied = (from: AnyModel, to: AnyModel, rename: (name: string) => string): void => {
    const sources = new Map([...from.parameters, from.table].map((one) => [rename(one.name), one]));
    const targets = [...to.parameters, to.table];
    expect(targets.map(({ name }) => name).sort()).toEqual([...sources.keys()].sort());
    for (const target of targets) assign(target, sources.get(target.name)!.tensor);
  };
  const variant = (name: string): AnySettings =>
    optmsm.variants.find((one) => one.name === name && one.table === 'Table 3')!.settings;

  it('all off without transfer is Mix, or towers on shared embeddings, to the last number', () => {
    const common = { embeddingDim: 4, dropout: 0, batchNorm: 'off', history: 'off' };
    const pairs = [
      ['Mix', 'mix', 'mlp', { hidden: [8, 6, 5] }],
      ['S-B', 'shared-bottom', 'tower', { bottom: 'embedding', towerHidden: [8, 6, 5] }],
    ] as const;
    for (const [name, id, layer, settings] of pairs) {
      const own = build(variant(name));
      const other = findModel(id)
        .configure({ ...common, ...settings })
        .build(shape, createVariables(1));
      copied(own, other, (from) => from.replace(/^predictor/, layer));
      expect(scoresOf(own, shape, batch)).toEqual(scoresOf(other, shape, batch));
      own.dispose();
      other.dispose();
    }
  });

  it('a constraint of weight 0 leaves the click loss alone', () => {
    const free = build({ lambdaOrth: 0 });
    const bound = build({ lambdaOrth: 0.5 });
    expect(Object.keys(terms(free))).toEqual(['click']);
    expect(terms(bound).click).toBe(terms(free).click);
    free.dispose();
    bound.dispose();
  });

  it('the rows of Tables 5 and 6 and of Figure 4 are all there, and each trains', () => {
    const printed = {
      'Table 5': ['OptMSM', 'w/o priors', 'w/o constraint', 'w/o hypernetwork'],
      'Table 6': ['OptMSM', 'w/o priors', 'w/o constraint', 'w/o hypernetwork'],
      'Figure 4': ['Star', 'OptMSM(FCN)', 'MMoE', 'OptMSM(MoE)', 'PLE', 'OptMSM(CGC)'],
    };
    for (const [table, names] of Object.entries(printed)) {
      const rows = optmsm.variants.filter((one) => one.table === table);
      expect(rows.map(({ name }) => name)).toEqual(names);
      for (const { settings } of rows) {
        const model = build(settings);
        expect(Number.isFinite(gradientsOf(model, shape, batch).total)).toBe(true);
        model.dispose();
      }
    }
  });

  it('without priors nothing of the scenario reaches the predictor but through the shared part', () => {
    const model = build({ priors: false });
    const width = model.parameters.find(({ name }) => name === 'predictor.0.weight')!.shape[1];
    expect(width).toBe(5);
    model.dispose();
  });

  it('shows the deviation of the gate’s weights beside their mean, over each scenario’s own rows', () => {
    const model = build();
    tf.tidy(() => {
      const { pass, inputs } = forward(model, shape, batch, quietMode('evaluate'));
      const { sum, count, squares } = pass.probes().seGateDeviation!;
      const [sums, counts, squared] = [numbers(sum), numbers(count), numbers(squares!)];
      const fields = sum.shape[1]!;
      // z = σ(W^m x̄ + b^m), row by row, from the parameters themselves.
      const [weight, bias] = ['seGate.weight', 'seGate.bias'].map((name) =>
        numbers(model.parameters.find((one) => one.name === name)!.tensor),
      );
      const squeezed = tf.mean<tf.Tensor3D>(inputs.fields, 2).arraySync() as unknown as number[][];
      const common = shape.fields.flatMap(({ scenarioSpecific, role }, f) =>
        scenarioSpecific || role === 'scenario' ? [] : [f],
      );
      expect(common).toHaveLength(fields);
      for (let m = 0; m < shape.scenarios; m++) {
        const rows = squeezed.filter((_, b) => batch.weight[b] === 1 && batch.scenario[b] === m);
        for (let f = 0; f < fields; f++) {
          const z = rows.map((row) => {
            const score = common.reduce(
              (total, of, k) => total + row[of]! * weight![(m * fields + k) * fields + f]!,
              bias![m * fields + f]!,
            );
            return 1 / (1 + Math.exp(-score));
          });
          const mean = z.reduce((total, value) => total + value, 0) / z.length;
          const deviation = Math.sqrt(z.reduce((total, value) => total + (value - mean) ** 2, 0) / z.length);
          const of = m * fields + f;
          expect(Math.sqrt(squared[of]! / counts[m]! - (sums[of]! / counts[m]!) ** 2)).toBeCloseTo(
            deviation,
            4,
          );
        }
      }
    });
    model.dispose();
  });

  it('says what it lacks where every field is specific', () => {
    const all = { ...shape, fields: shape.fields.map((field) => ({ ...field, scenarioSpecific: true })) };
    expect(() => optmsm.configure(optmsm.presets.tiny).build(all, createVariables(1))).toThrow(
      'scenario-specific',
    );
  });
});
