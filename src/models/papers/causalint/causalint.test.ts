/** What must hold of CausalInt whatever its weights are. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, gradientsOf, quietMode, scoresOf } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { assign, createVariables, openBackend, mixExperts } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { AnyModel } from '../../definition';
import { askScenarios } from '../../layers';
import { findModel } from '../../registry';
import { createExperts } from './experts';
import { batch, build, moved, numbers, parameter, rewrite, shape, termOf, trained } from './testing';
import { causalint } from '.';

beforeAll(async () => {
  await openBackend('cpu');
});

describe('gate and experts', () => {
  it('weights of experts sum to 1 in every row, from either gate', () => {
    for (const gate of ['classifier', 'endToEnd']) {
      const model = build({ gate });
      const sums = trained(model, ({ alpha }) => numbers(tf.sum(alpha!, 1)));
      model.dispose();
      for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('an expert learns from rows of its own scenario alone', () => {
    const model = build({ weightOrth: 0, gramSchmidt: false });
    const rows = moved((scenario) => (scenario === 2 ? 0 : scenario));
    const { parameters } = gradientsOf(model, shape, rows);
    for (const name of ['experts.weight', 'experts.bias']) {
      const gradient = parameters.get(name)!;
      const block = gradient.length / shape.scenarios;
      const size = (p: number): number => Math.hypot(...gradient.slice(p * block, (p + 1) * block));
      expect(size(0)).toBeGreaterThan(1e-6);
      expect(size(1)).toBeGreaterThan(1e-6);
      expect(size(2)).toBe(0);
    }
    model.dispose();
  });

  it('a gate that trusts the own expert alone leaves the own expert, with its whole gradient', () => {
    tf.tidy(() => {
      const options = { scenarios: 3, input: 4, width: 5, start: new Float32Array(5), slope: 0.2 };
      const experts = createExperts(createVariables(2), { ...options, asking: askScenarios(shape, 3) });
      const s = tf.randomNormal<tf.Rank.R2>([6, 4], 0, 1, 'float32', 7);
      const own = tf.cast(tf.oneHot([0, 1, 2, 2, 1, 0], 3), 'float32') as tf.Tensor2D;
      const scenario = tf.tensor1d([0, 1, 2, 2, 1, 0], 'int32');
      const rows = { batch: 6, scenario, scenarioOneHot: own };
      // Far enough apart for a softmax of exactly 1 and 0.
      const mix = (x: tf.Tensor2D): tf.Tensor2D => experts.mix(x, tf.mul(own, 200), rows, false);
      const alone = mix(s);
      expect(numbers(alone)).toEqual(numbers(mixExperts(experts.all(s), own)));
      const loss = (mixed: tf.Tensor2D): tf.Scalar => tf.sum(tf.square(mixed));
      const stopped = tf.grad((x) => loss(mix(x as tf.Tensor2D)))(s);
      const plain = tf.grad((x) => loss(mixExperts(experts.all(x as tf.Tensor2D), own)))(s);
      numbers(stopped).forEach((value, i) => expect(value).toBeCloseTo(numbers(plain)[i]!, 5));
    });
  });

  it('a row that asks a pool hears its own expert and the pool’s, as from all where α of the others is nothing', () => {
    const many = tinyShape(24, 66);
    const rows = tinyBatch(many, {}, 3);
    const models = [build({ peers: 0 }, many), build({ peers: 1 }, many)] as const;
    const [all, pooled] = models;
    // The scenario with most training rows is the pool.
    const largest = many.scenarioRows.indexOf(Math.max(...many.scenarioRows));
    const heard = (model: AnyModel): number[][] => {
      const found: number[][] = [];
      tf.tidy(() => {
        const outputs = forward(model, many, rows, quietMode('train')).pass.outputs();
        found.push(numbers(outputs.transferred!), numbers(outputs.logit!));
      });
      return found;
    };
    for (const model of models) rewrite(model, 'scenarioClassifier.weight', () => 0);
    expect(heard(pooled)).not.toEqual(heard(all));
    for (const model of models)
      rewrite(model, 'scenarioClassifier.bias', (_, n) => (n === largest ? 0 : -200));
    const [found, expected] = [heard(pooled), heard(all)];
    found.forEach((list, i) => list.forEach((value, k) => expect(value).toBeCloseTo(expected[i]![k]!, 6)));
    // All weight is the pool's, so that none but its own rows' expert learns.
    const { parameters } = gradientsOf(pooled, many, rows);
    const gradient = parameters.get('experts.weight')!;
    const block = gradient.length / many.scenarios;
    for (let n = 0; n < many.scenarios; n++) {
      const size = Math.hypot(...gradient.subarray(n * block, (n + 1) * block));
      if (n !== largest || !rows.scenario.includes(n)) expect(size).toBe(0);
      else expect(size).toBeGreaterThan(0);
    }
    for (const model of models) model.dispose();
  });

  it('stopping the gradient at α keeps the click loss from the scenario classifier', () => {
    const only = { weightOrth: 0, weightClassifier: 0, gramSchmidt: false };
    const slope = (gateStopGrad: boolean): number => {
      const model = build({ ...only, gateStopGrad });
      const gradient = gradientsOf(model, shape, batch).parameters.get('scenarioClassifier.weight');
      model.dispose();
      return gradient ? Math.hypot(...gradient) : 0;
    };
    expect(slope(false)).toBeGreaterThan(1e-6);
    expect(slope(true)).toBe(0);
  });
});

describe('orthogonality of Loss₁ and Loss₂', () => {
  it('does not know the length of the general classifier', () => {
    const model = build();
    const before = termOf(model, 'orth');
    for (const factor of [7, -0.3]) {
      rewrite(model, 'general.weight', (value) => value * factor);
      expect(termOf(model, 'orth')).toBeCloseTo(before, 5);
    }
    expect(before).toBeGreaterThan(1e-3);
    model.dispose();
  });

  it('is nothing where the extractors read different columns', () => {
    const model = build();
    const { shape: sizes } = parameter(model, 'extractor.0.weight');
    const [, input, width] = sizes as [number, number, number];
    const before = termOf(model, 'orth');
    rewrite(model, 'extractor.0.weight', (value, i) => {
      const row = Math.floor(i / width) % input;
      const extractor = Math.floor(i / (input * width));
      return (extractor === 0) === row < input / 2 ? value : 0;
    });
    expect(before).toBeGreaterThan(1e-3);
    expect(termOf(model, 'orth')).toBe(0);
    model.dispose();
  });

  it('stays between 0 and 1', () => {
    const model = build({ orthLoss: 'abs' });
    expect(termOf(model, 'orth')).toBeGreaterThan(0);
    expect(termOf(model, 'orth')).toBeLessThanOrEqual(1);
    model.dispose();
  });
});

describe('meta-learning step', () => {
  it('of length 0 is no step', () => {
    const still = build({ innerRate: 0 });
    const off = build({ maml: false });
    const one = gradientsOf(still, shape, batch);
    const other = gradientsOf(off, shape, batch);
    expect(one.total).toBe(other.total);
    for (const [name, gradient] of one.parameters) expect(gradient).toEqual(other.parameters.get(name));
    still.dispose();
    off.dispose();
  });

  it('goes along the gradient of each row’s own Loss₁', () => {
    const model = build({ innerRate: 0.05 });
    trained(model, ({ xIR, xPrime, generalLogit }) => {
      const w = parameter(model, 'general.weight').tensor.dataSync();
      const m = w.length;
      const [from, to, z] = [numbers(xIR!), numbers(xPrime!), numbers(generalLogit!)];
      for (let b = 0; b < shape.batch; b++) {
        const slope = batch.weight[b]! * (1 / (1 + Math.exp(-z[b]!)) - batch.label[b]!);
        for (let k = 0; k < m; k++) {
          expect(to[b * m + k]).toBeCloseTo(from[b * m + k]! - 0.05 * slope * w[k]!, 5);
        }
      }
    });
    model.dispose();
  });

  it('of first order has the same values and no gradient through itself', () => {
    const only = { weightInvar: 0, weightClassifier: 0, weightConcat: 0, weightOrth: 0, gramSchmidt: false };
    const of = (firstOrder: boolean) => {
      const model = build({ ...only, innerRate: 0.1, firstOrder });
      const found = gradientsOf(model, shape, batch);
      model.dispose();
      return found;
    };
    const exact = of(false);
    const first = of(true);
    expect(first.total).toBeCloseTo(exact.total, 6);
    const length = (list: Float32Array | null | undefined): number => (list ? Math.hypot(...list) : 0);
    expect(length(exact.parameters.get('general.weight'))).toBeGreaterThan(1e-6);
    expect(length(first.parameters.get('general.weight'))).toBe(0);
  });

  it('needs labels in training only: inference does not know them', () => {
    const model = build({ innerRate: 0.1 });
    const flipped = { ...batch, label: batch.label.map((label) => 1 - label) };
    expect(scoresOf(model, shape, flipped)).toEqual(scoresOf(model, shape, batch));
    expect(termOf(model, 'scenario', flipped)).not.toBeCloseTo(termOf(model, 'scenario'), 3);
    model.dispose();
  });
});

describe('switches', () => {
  it('all modules off is Shared Bottom on the embeddings, to the last number', () => {
    const backbone = causalint.variants.find(({ name }) => name === 'Shared Bottom')!;
    const own = build({
      ...backbone.settings,
      hidden: [8, 6],
      leakySlope: 0,
      scenarioFieldInE: true,
    });
    const other = findModel('shared-bottom')
      .configure({ bottom: 'embedding', towerHidden: [8, 6], embeddingDim: 4, dropout: 0, history: 'off' })
      .build(shape, createVariables(1));
    const from = new Map([...own.parameters, ...own.states, own.table].map((one) => [one.name, one]));
    const targets = [...other.parameters, ...other.states, other.table];
    expect(targets.map(({ name }) => name).sort()).toEqual([...from.keys()].sort());
    for (const target of targets) assign(target, from.get(target.name)!.tensor);
    expect(scoresOf(own, shape, batch)).toEqual(scoresOf(other, shape, batch));
    const one = gradientsOf(own, shape, batch);
    const two = gradientsOf(other, shape, batch);
    for (const [name, gradient] of one.parameters) expect(gradient).toEqual(two.parameters.get(name));
    own.dispose();
    other.dispose();
  });

  it('a loss of weight 0 is not computed where it costs, and does not pull', () => {
    const model = build({ weightOrth: 0, weightGramSchmidt: 0 });
    const terms = trained(model, (_, found) => Object.keys(found));
    model.dispose();
    expect(terms.sort()).toEqual(['classifier', 'concat', 'invar', 'scenario']);
  });

  it('the rows of Tables 4 to 7 are all there, and each trains', () => {
    const printed = {
      'Table 4': ['Shared Bottom', '+Do(Invar)', '+Do(De-Neg)', '+Do(Trans)'],
      'Table 5': ['w/o orth', 'w/o invar', 'w/o classifier', 'w/o concat', 'SRM'],
      'Table 6': ['SRM', 'SRM+OR', 'SRM+OR+MAML'],
      'Table 7': ['CausalInt-Gate', 'CausalInt-Con', 'CausalInt-Mul', 'CausalInt'],
    };
    for (const [table, names] of Object.entries(printed)) {
      const rows = causalint.variants.filter((variant) => variant.table === table);
      expect(rows.map(({ name }) => name)).toEqual(names);
      for (const { settings } of rows) {
        const model = build(settings);
        expect(Number.isFinite(gradientsOf(model, shape, batch).total)).toBe(true);
        model.dispose();
      }
    }
  });

  it('every edge of the causal graph that can be cut changes the loss', () => {
    const edges = causalint.graph!.edges.flatMap(({ setting }) => (setting ? [setting] : []));
    expect(new Set(edges.map(({ name }) => name))).toEqual(new Set(['invar', 'gramSchmidt', 'fusion']));
    for (const { name, cut, kept } of edges) {
      const totals = [cut, kept].map((value) => {
        const model = build({ [name]: value });
        const { total } = gradientsOf(model, shape, batch);
        model.dispose();
        return total;
      });
      expect(totals[0]).not.toBeCloseTo(totals[1]!, 4);
    }
  });
});

describe('probes', () => {
  const probesOf = (model: AnyModel, of: HostBatch): Record<string, number[]> => {
    let found: Record<string, number[]> = {};
    tf.tidy(() => {
      const { pass } = forward(model, shape, of, quietMode('evaluate'));
      const probes = pass.probes();
      found = Object.fromEntries(Object.entries(probes).map(([name, { sum }]) => [name, numbers(sum)]));
    });
    return found;
  };
  const keep = (rows: (b: number) => boolean): HostBatch => ({
    ...batch,
    weight: batch.weight.map((value, b) => (rows(b) ? value : 0)),
  });

  it('add up over batches', () => {
    const model = build();
    const whole = probesOf(model, batch);
    const odd = probesOf(
      model,
      keep((b) => b % 2 === 1),
    );
    const even = probesOf(
      model,
      keep((b) => b % 2 === 0),
    );
    expect(Object.keys(whole).sort()).toEqual(
      ['alpha', 'innerStep', 'orthogonality', 'scenarioGradient', 'votes'].sort(),
    );
    for (const [name, values] of Object.entries(whole)) {
      values.forEach((value, i) => expect(odd[name]![i]! + even[name]![i]!).toBeCloseTo(value, 4));
    }
    model.dispose();
  });

  it('a vote of the own expert is the prediction of a model that trusts it alone', () => {
    const model = build();
    const { votes } = probesOf(model, batch);
    // Scenario logits of ±60 make α one-hot on the scenario that the bias names.
    rewrite(model, 'scenarioClassifier.weight', () => 0);
    for (let p = 0; p < shape.scenarios; p++) {
      rewrite(model, 'scenarioClassifier.bias', (_, i) => (i === p ? 60 : -60));
      const scores = scoresOf(model, shape, batch);
      for (let d = 0; d < shape.scenarios; d++) {
        let sum = 0;
        for (let b = 0; b < batch.count; b++) {
          if (batch.scenario[b] === d) sum += scores[2 * b + 1]!;
        }
        expect(votes![d * shape.scenarios + p]).toBeCloseTo(sum, 4);
      }
    }
    model.dispose();
  });

  it('shares of the cosine’s histogram count every row once', () => {
    const model = build();
    const { orthogonality } = probesOf(model, batch);
    model.dispose();
    for (let d = 0; d < shape.scenarios; d++) {
      const rows = batch.scenario.slice(0, batch.count).filter((scenario) => scenario === d).length;
      const sum = orthogonality!.slice(20 * d, 20 * (d + 1)).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(rows, 4);
    }
  });
});
