/** Invariants of AREAD's network (docs/models/aread.md). Its numbers are compared in reference.test.ts. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { forward, gradientsOf, quietMode, scoresOf, shake } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import type { HostBatch } from '../../../data/batches';
import { assign, createVariables, openBackend } from '../../../engine';
import type { Mode } from '../../../engine';
import type { AnyModel } from '../../definition';
import { findModel } from '../../registry';
import { defaultSettings } from '../../settings';
import type { AnySettings } from '../../settings';
import { activeHeads, maskLayout, validateMask } from './masks';
import { scenarioFieldIndex } from './domainQuery';
import { expertCounts, expertWidths } from './expertSizes';

const definition = findModel('aread');
const shape = tinyShape(24, 3);
const layout = maskLayout([2, 4, 8]);

const settingsWith = (extra: AnySettings): AnySettings => ({
  ...defaultSettings(definition.fields),
  ...definition.presets.tiny,
  dropout: 0,
  ...extra,
});
const batch = tinyBatch(shape, definition.configure(settingsWith({})).needs, 4);

function build(extra: AnySettings = {}): AnyModel {
  const model = definition.configure(settingsWith(extra)).build(shape, createVariables(1));
  shake(model);
  return model;
}

function state(model: AnyModel, name: string) {
  const found = model.states.find((each) => each.name === name);
  if (!found) throw new Error(`no state ${name}`);
  return found;
}

/** Puts masks in force. `masks[d]` is a row of edges. */
function mask(model: AnyModel, masks: readonly ArrayLike<number>[], phase = 1): void {
  layout.transitions.forEach(({ rows, columns, offset }, t) => {
    const values = masks.flatMap((each) => Array.from(each).slice(offset, offset + rows * columns));
    assign(state(model, `mask.${t + 2}`), Float32Array.from(values));
  });
  assign(state(model, 'maskPhase'), Float32Array.of(phase));
}

const ones = new Uint8Array(layout.edges).fill(1);
/** Some valid mask, another for each seed. */
function someMask(seed: number): Uint8Array {
  const raw = Uint8Array.from({ length: layout.edges }, (_, e) =>
    (e * 7 + seed * 13 + (e % 5) * seed) % 3 ? 1 : 0,
  );
  return validateMask(layout, raw);
}

function outputs(
  model: AnyModel,
  given: HostBatch = batch,
  names = ['probability', 'headLogits', 'activeHeads'],
) {
  return tf.tidy(() => {
    const tensors = forward(model, shape, given, quietMode('evaluate')).pass.outputs();
    return Object.fromEntries(names.map((name) => [name, [...tensors[name]!.dataSync()]]));
  });
}

/** Only the rows of some scenarios count. */
function onlyScenarios(given: HostBatch, wanted: readonly number[]): HostBatch {
  return {
    ...given,
    weight: given.weight.map((weight, b) => (wanted.includes(given.scenario[b]!) ? weight : 0)),
  };
}

beforeAll(async () => {
  await openBackend('cpu');
});

describe('masks', () => {
  test('of all ones give the warm-up’s outputs', () => {
    const model = build();
    const warm = outputs(model);
    mask(model, [ones, ones, ones], 1);
    expect(outputs(model)).toEqual(warm);
    model.dispose();
  });

  test('a row depends on its own scenario’s mask only', () => {
    const model = build();
    mask(model, [someMask(1), someMask(2), someMask(3)]);
    const before = outputs(model)['probability']!;
    mask(model, [someMask(4), someMask(2), someMask(5)]);
    const after = outputs(model)['probability']!;
    let moved = 0;
    for (let b = 0; b < batch.count; b++) {
      if (batch.scenario[b] === 1) expect(after[b]).toBe(before[b]);
      else if (after[b] !== before[b]) moved++;
    }
    expect(moved).toBeGreaterThan(0);
    model.dispose();
  });

  test('active heads are those that the mask reaches, at least one (Eq 7); the others do not matter', () => {
    const model = build();
    const masks = [1, 2, 3].map(someMask);
    mask(model, masks);
    const found = outputs(model)['activeHeads']!;
    for (let b = 0; b < batch.count; b++) {
      const wanted = [...activeHeads(layout, masks[batch.scenario[b]!]!)];
      expect(found.slice(b * 8, b * 8 + 8)).toEqual(wanted);
      expect(wanted.some(Boolean)).toBe(true);
    }
    // Only the first scenario's rows, and a head that its mask leaves out.
    const only = Uint8Array.from(someMask(1));
    const { rows, columns, offset } = layout.transitions[1]!;
    for (let i = 0; i < rows; i++) only[offset + i * columns + 5] = 0;
    const valid = validateMask(layout, only);
    mask(model, [valid, valid, valid]);
    const before = outputs(model)['probability'];
    const bias = model.parameters.find(({ name }) => name === 'head.bias')!;
    const values = bias.tensor.dataSync<'float32'>().slice();
    values[5]! += 3;
    assign(bias, values);
    expect(outputs(model)['probability']).toEqual(before);
    values[[...activeHeads(layout, valid)].indexOf(1)]! += 3;
    assign(bias, values);
    expect(outputs(model)['probability']).not.toEqual(before);
    model.dispose();
  });

  test('a cut edge’s gate gets no gradient from the rows of its scenario', () => {
    const model = build();
    const cut = someMask(2);
    mask(model, [ones, cut, ones]);
    const { parameters } = gradientsOf(model, shape, onlyScenarios(batch, [1]));
    let zeros = 0;
    layout.transitions.forEach(({ rows, columns, offset }, t) => {
      // Gate biases are [N_l, N_{l-1}].
      const gradient = parameters.get(`hei.${t + 2}.gate.bias`)!;
      const largest = Math.max(...gradient.map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      for (let i = 0; i < rows; i++)
        for (let n = 0; n < columns; n++) {
          if (cut[offset + i * columns + n]) continue;
          zeros++;
          expect(Math.abs(gradient[n * rows + i]!) / largest).toBeLessThan(1e-5);
        }
    });
    expect(zeros).toBeGreaterThan(5);
    model.dispose();
  });

  test('of other scenarios’ rows do reach that gate', () => {
    const model = build();
    const cut = someMask(2);
    mask(model, [ones, cut, ones]);
    const { parameters } = gradientsOf(model, shape, onlyScenarios(batch, [0]));
    const gradient = parameters.get('hei.2.gate.bias')!;
    expect(gradient.every((value) => value !== 0)).toBe(true);
    model.dispose();
  });
});

describe('losses', () => {
  test('the mean over heads equals the sum where one head is active', () => {
    // One path: expert 0 of layer 1 to expert 1 of layer 2 to head 3.
    const path = new Uint8Array(layout.edges);
    path[1] = 1;
    path[layout.transitions[1]!.offset + 1 * 8 + 3] = 1;
    expect([...validateMask(layout, path)]).toEqual([...path]);
    const totals = ['sum', 'mean'].map((bagging) => {
      const model = build({ bagging });
      mask(model, [path, path, path]);
      const { total } = gradientsOf(model, shape, batch);
      model.dispose();
      return total;
    });
    expect(totals[0]).toBeCloseTo(totals[1]!, 6);
  });

  test('the phase chooses the loss: the average’s while warming up, the heads’ with masks', () => {
    const model = build();
    const masks = [1, 2, 3].map(someMask);
    const terms = [0, 1].map((phase) => {
      mask(model, masks, phase);
      return tf.tidy(() => {
        const { losses } = forward(model, shape, batch, quietMode('train'));
        const [total, average, bagging] = [losses.total, losses.terms.average!, losses.terms.bagging!].map(
          (term) => term.dataSync()[0]!,
        );
        return { total, average, bagging };
      });
    });
    expect(terms[0]!.total).toBeCloseTo(terms[0]!.average!, 6);
    expect(terms[1]!.total).toBeCloseTo(terms[1]!.bagging!, 6);
    expect(terms[0]!.average).not.toBeCloseTo(terms[0]!.bagging!, 2);
    model.dispose();
  });
});

test('gates are summed by scenario in training and left alone in evaluation', () => {
  const model = build();
  tf.tidy(() => {
    const recorded = new Map<string, number[]>();
    const mode: Mode = {
      kind: 'train',
      dropoutMask: (wanted) => tf.ones([...wanted]),
      recordState: ({ name }, value) => recorded.set(name, [...value.dataSync()]),
    };
    const { pass } = forward(model, shape, batch, { ...quietMode('train'), ...mode });
    const gates = pass.outputs().gates!.dataSync();
    for (let d = 0; d < 3; d++) {
      const rows = Array.from({ length: batch.count }, (_, b) => b).filter((b) => batch.scenario[b] === d);
      expect(recorded.get('gateCount')![d]).toBe(rows.length);
      for (let e = 0; e < layout.edges; e++) {
        const sum = rows.reduce((all, b) => all + gates[b * layout.edges + e]!, 0);
        expect(recorded.get('gateSum')![d * layout.edges + e]).toBeCloseTo(sum, 4);
      }
    }
    // Gates of one upper expert sum to 1 over the lower ones.
    for (const { rows, columns, offset } of layout.transitions)
      for (let n = 0; n < columns; n++) {
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += gates[offset + i * columns + n]!;
        expect(sum).toBeCloseTo(1, 5);
      }
    recorded.clear();
    forward(model, shape, batch, { ...quietMode('evaluate'), ...mode, kind: 'evaluate' });
    expect(recorded.size).toBe(0);
  });
  model.dispose();
});

test('without hierarchy it is the MMoE baseline, to the number', () => {
  const settings = settingsWith({ hei: false });
  const plain = definition.configure(settings).build(shape, createVariables(7));
  const mmoe = findModel('mmoe');
  const baseline = mmoe
    .configure({
      ...defaultSettings(mmoe.fields),
      embeddingDim: settings.embeddingDim!,
      dropout: 0,
      numExperts: settings.baseExperts!,
      expertHidden: settings.baseHidden!,
      towerHidden: settings.towerHidden!,
    })
    .build(shape, createVariables(7));
  expect(plain.parameters.map(({ name, shape: s }) => [name, s])).toEqual(
    baseline.parameters.map(({ name, shape: s }) => [name, s]),
  );
  expect([...scoresOf(plain, shape, batch)]).toEqual([...scoresOf(baseline, shape, batch)]);
  plain.dispose();
  baseline.dispose();
});

test('the official head adds its cross network to every head alike in form: its parts are trained', () => {
  const model = build({ officialHead: true });
  mask(model, [someMask(1), someMask(2), someMask(3)]);
  const { parameters } = gradientsOf(model, shape, batch);
  for (const name of ['cross.0.weight', 'cross.2.bias', 'head.crossWeight', 'linear.weight', 'linear.bias'])
    expect(
      parameters.get(name)!.some((value) => value !== 0),
      name,
    ).toBe(true);
  expect(parameters.has('head.bias')).toBe(false);
  model.dispose();
});

test('numbers and widths of experts are those that the paper prints', () => {
  expect(expertCounts({ numLayers: 3, firstExperts: 3 })).toEqual([3, 6, 12]);
  expect(expertWidths({ numLayers: 2, headWidth: 16 })).toEqual([
    [64, 32],
    [16, 8],
  ]);
  expect(expertWidths({ numLayers: 3, headWidth: 16 })).toEqual([
    [64, 32],
    [32, 16],
    [16, 8],
  ]);
  expect(expertWidths({ numLayers: 4, headWidth: 16 })).toEqual([
    [128, 64],
    [64, 32],
    [32, 16],
    [16, 8],
  ]);
});

test('data without a scenario field is refused with a sentence', () => {
  expect(() => scenarioFieldIndex({ fields: shape.fields.slice(0, 3), scenarios: 3 })).toThrow(
    /reads the scenario as a field/,
  );
});
