/** What must hold of M-scan whatever its weights are. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  copyVariables,
  forward,
  gradientsOf,
  outputOf,
  quietMode,
  shake,
} from '../../../../tests/support/probe';
import { permuteBehaviours, tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { AnyModel } from '../../definition';
import { findModel } from '../../registry';
import { defaultSettings, type AnySettings } from '../../settings';
import { debiasedScores } from './debiasedScores';
import { likeliestReference } from './likeliestReference';

const definition = findModel('mscan');
const shape = tinyShape();

const settingsWith = (extra: AnySettings): AnySettings => ({
  ...defaultSettings(definition.fields),
  ...definition.presets.tiny,
  ...extra,
});

/** The batch that these settings read; row 0 has no behaviours, row 1 full histories. */
const batchFor = (extra: AnySettings = {}): HostBatch =>
  tinyBatch(shape, definition.configure(settingsWith(extra)).needs, 3);
const batch = batchFor();
const { length } = batch.layout.history!;
const ownLength = batch.layout.ownHistory!.length;
const rows = batch.count;

function build(extra: AnySettings = {}): AnyModel {
  const model = definition.configure(settingsWith(extra)).build(shape, createVariables(1));
  shake(model);
  return model;
}

function scoresOf(
  model: AnyModel,
  given: HostBatch,
): Record<'score' | 'matchScore' | 'scenarioGate', Float32Array> {
  return tf.tidy(() => {
    const { pass } = forward(model, shape, given, quietMode('evaluate'));
    const { score, columns } = pass.scores();
    const read = (tensor: tf.Tensor) => tensor.dataSync<'float32'>().slice(0, given.count);
    return {
      score: read(score),
      matchScore: read(columns!.matchScore!),
      scenarioGate: read(columns!.scenarioGate!),
    };
  });
}

function lossTerms(model: AnyModel): Record<string, number> {
  return tf.tidy(() => {
    const { losses } = forward(model, shape, batch, quietMode('train'));
    const all = { total: losses.total, ...losses.terms };
    return Object.fromEntries(Object.entries(all).map(([name, term]) => [name, term.dataSync()[0]!]));
  });
}

const order = (values: ArrayLike<number>): number[] =>
  Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]! || i - j);

const expectNear = (got: ArrayLike<number>, wanted: ArrayLike<number>, digits = 5): void => {
  expect(got.length).toBe(wanted.length);
  Array.from(wanted).forEach((value, i) => expect(got[i], `element ${i}`).toBeCloseTo(value, digits));
};

const differs = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  Array.from(a).some((value, i) => Math.abs(value - b[i]!) > 1e-4);

beforeAll(async () => {
  await openBackend('cpu');
});

describe('counterfactual inference (Eq 12)', () => {
  it('c = 0 ranks as the trained logit does', () => {
    const model = build({ cMode: 'fixed', c: 0 });
    const { score } = scoresOf(model, batch);
    expect(order(score)).toEqual(order(outputOf(model, shape, batch, 'logit').subarray(0, rows)));
  });

  it('takes c · σ(ŷ_s) away, and c reaches neither loss nor gradient', () => {
    const [plain, shifted] = [build({ cMode: 'fixed', c: 0 }), build({ cMode: 'fixed', c: 1.5 })];
    const { score, matchScore, scenarioGate } = scoresOf(shifted, batch);
    expectNear(score, debiasedScores(matchScore, scenarioGate, 1.5));
    expect(differs(score, scoresOf(plain, batch).score)).toBe(true);
    const [a, b] = [plain, shifted].map((model) => gradientsOf(model, shape, batch));
    expect(a!.total).toBe(b!.total);
    expect(a!.rows).toEqual(b!.rows);
    expect([...a!.parameters]).toEqual([...b!.parameters]);
  });

  it('a more prominent place lowers the logit where the match score is below 0, and raises it above (Eq 8)', () => {
    const model = build({ priorBias: 'off' });
    const logits = (): Float32Array => outputOf(model, shape, batch, 'logit').slice(0, rows);
    const before = logits();
    const match = outputOf(model, shape, batch, 'matchScore').slice(0, rows);
    const bias = model.parameters.find(({ name }) => name === 'scenario.output.bias')!;
    assign(
      bias,
      bias.tensor.dataSync<'float32'>().map((value) => value + 1),
    );
    const after = logits();
    const signs = Array.from(match, (value, row) => Math.sign(value) * Math.sign(after[row]! - before[row]!));
    expect(new Set(Array.from(match, Math.sign))).toEqual(new Set([-1, 1]));
    expect(signs.every((sign) => sign === 1)).toBe(true);
  });

  it('c chosen by log loss is that of the rows’ own clicks, by AUC that of their ranking', () => {
    const [byLoss, byAuc] = ['logLoss', 'auc'].map((cBy) => build({ cBy }));
    const { matchScore, scenarioGate } = scoresOf(byLoss!, batch);
    const label = batch.label.slice(0, rows);
    const weight = new Float32Array(rows).fill(1);
    const scored = { columns: { matchScore, scenarioGate }, label, weight };
    const never = (): number => {
      throw new Error('Log loss asks for no AUC.');
    };
    const chosen = byLoss!.tuneInference!(scored, never)!;
    const wanted = likeliestReference({ match: matchScore, gate: scenarioGate, label, weight });
    expect(chosen.states[0]!.value[0]).toBeCloseTo(wanted.c, 5);
    let asked = 0;
    byAuc!.tuneInference!(scored, () => asked++);
    expect(asked).toBe(21);
  });

  it('a scenario known by its id alone has one gate, so that c cannot change the ranking inside it', () => {
    const gateSpread = (scenarioFields: string): number => {
      const { scenarioGate } = scoresOf(build({ scenarioFields }), batch);
      return Math.max(
        ...Array.from({ length: shape.scenarios }, (_, n) => {
          const own = Array.from(scenarioGate).filter((_gate, row) => batch.scenario[row] === n);
          expect(own.length).toBeGreaterThan(1);
          return Math.max(...own) - Math.min(...own);
        }),
      );
    };
    expect(gateSpread('id')).toBe(0);
    expect(gateSpread('context')).toBeGreaterThan(1e-4);

    const { matchScore, scenarioGate } = scoresOf(build({ scenarioFields: 'id' }), batch);
    for (let n = 0; n < shape.scenarios; n++) {
      const own = Array.from({ length: rows }, (_, row) => row).filter((row) => batch.scenario[row] === n);
      const within = (c: number): number[] => {
        const all = debiasedScores(matchScore, scenarioGate, c);
        return order(own.map((row) => all[row]!));
      };
      for (const c of [-3, 0.7, 20]) expect(within(c)).toEqual(within(0));
    }
  });
});

describe('co-attention (Eq 14–17)', () => {
  const reversed = Array.from({ length }, (_, k) => length - 1 - k);
  const ownReversed = Array.from({ length: ownLength }, (_, k) => ownLength - 1 - k);

  it('weights sum to 1 over behaviours that are there, and to 0 where there are none', () => {
    for (const saca of ['co', 'target', 'mean']) {
      const beta = outputOf(build({ saca }), shape, batch, 'historyWeight');
      for (let row = 0; row < rows; row++) {
        const mask = batch.historyMask.subarray(row * length, (row + 1) * length);
        const weights = beta.subarray(row * length, (row + 1) * length);
        const some = mask.some((value) => value > 0);
        expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(some ? 1 : 0, 5);
        weights.forEach((value, k) => expect(value > 0).toBe(mask[k]! > 0));
      }
    }
  });

  it('a history in another order is the same interest, its weights in that order', () => {
    const model = build();
    const moved = permuteBehaviours(batch, 'history', reversed);
    expectNear(outputOf(model, shape, moved, 'interest'), outputOf(model, shape, batch, 'interest'));
    expectNear(outputOf(model, shape, moved, 'logit'), outputOf(model, shape, batch, 'logit'));
    const before = outputOf(model, shape, batch, 'historyWeight');
    const after = outputOf(model, shape, moved, 'historyWeight');
    expect(differs(after, before)).toBe(true);
    expectNear(
      after,
      Array.from(after, (_, at) => before[at - (at % length) + reversed[at % length]!]!),
    );
  });

  it('the order of own behaviours matters to the GRU and to nothing else', () => {
    const moved = permuteBehaviours(batch, 'ownHistory', ownReversed);
    const model = build();
    expectNear(
      outputOf(model, shape, moved, 'historyWeight'),
      outputOf(model, shape, batch, 'historyWeight'),
    );
    expect(differs(outputOf(model, shape, moved, 'state'), outputOf(model, shape, batch, 'state'))).toBe(
      true,
    );
    for (const encoder of ['attention', 'mean']) {
      const other = build({ encoder });
      expectNear(outputOf(other, shape, moved, 'state'), outputOf(other, shape, batch, 'state'));
    }
  });

  it('its folded network is the network over [h_j, i, s_k]', () => {
    const model = build();
    const host = (name: string): Float32Array =>
      model.parameters
        .find((parameter) => parameter.name === name)!
        .tensor.dataSync<'float32'>()
        .slice();
    const [ofHistory, ofItem, ofOwn] = ['history', 'item', 'own'].map((of) => host(`attention.${of}.weight`));
    const [bias, output] = [host('attention.bias'), host('attention.output.weight')];
    const hidden = bias.length;
    const width = ofItem!.length / hidden;
    // One weight matrix over the concatenation.
    const joined = [...ofHistory!, ...ofItem!, ...ofOwn!];
    const network = (x: readonly number[]): number => {
      let sum = 0;
      for (let q = 0; q < hidden; q++) {
        let z = bias[q]!;
        x.forEach((value, i) => (z += value * joined[i * hidden + q]!));
        sum += Math.max(0, z) * output[q]!;
      }
      return sum;
    };
    const table = model.table.tensor.dataSync<'float32'>();
    const { dim } = model.table;
    const { layout } = batch;
    const items = layout.history!.itemFields;
    /** Embeddings of one item's fields, from their place among a row's ids. */
    const embed = (row: number, places: readonly number[]): number[] =>
      places.flatMap((place) => {
        const id = batch.ids[row * layout.width + place]!;
        return id === 0
          ? new Array<number>(dim).fill(0)
          : Array.from(table.subarray(id * dim, (id + 1) * dim));
      });
    const behaviour = (start: number, k: number): number[] =>
      items.map((_, f) => start + k * items.length + f);
    const historyStart = layout.fields.length;
    const perBehaviour = items.length + (layout.history!.scenarioField === null ? 0 : 1);
    const ownStart = historyStart + length * perBehaviour;
    const beta = outputOf(model, shape, batch, 'historyWeight');
    expect(width).toBe(items.length * dim);
    for (const row of [1, 2, 3, 4, 5]) {
      const candidate = embed(
        row,
        items.map((field) => layout.fields.indexOf(field)),
      );
      const there = Array.from({ length }, (_, j) => j).filter(
        (j) => batch.historyMask[row * length + j]! > 0,
      );
      const own = Array.from({ length: ownLength }, (_, k) => k).filter(
        (k) => batch.ownHistoryMask[row * ownLength + k]! > 0,
      );
      // Without own behaviours one of zeros stands in.
      const readings =
        own.length > 0
          ? own.map((k) => embed(row, behaviour(ownStart, k)))
          : [new Array<number>(width).fill(0)];
      const scores = there.map((j) => {
        const h = embed(row, behaviour(historyStart, j));
        return Math.max(...readings.map((s) => network([...h, ...candidate, ...s])));
      });
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      there.forEach((j, at) => expect(beta[row * length + j]).toBeCloseTo(Math.exp(scores[at]!) / total, 5));
    }
  });

  it('tells which own behaviour holds the maximum; rows without own behaviours are not asked', () => {
    const model = build();
    const deciding = (given: HostBatch) =>
      tf.tidy(() => {
        const { pass } = forward(model, shape, given, quietMode('evaluate'));
        const { sum, count } = pass.probes()['decidingBehaviour']!;
        return { sum: [...sum.dataSync()], count: [...count.dataSync()] };
      });
    // Only the second own behaviour is there, in the rows that had one.
    const second = batch.ownHistoryMask.map((kept, at) => (at % ownLength === 1 ? kept : 0));
    const { sum, count } = deciding({ ...batch, ownHistoryMask: second });
    let asked = 0;
    for (let n = 0; n < shape.scenarios; n++) {
      const rowsHere = Array.from({ length: rows }, (_, row) => row).filter(
        (row) =>
          batch.scenario[row] === n &&
          second[row * ownLength + 1] === 1 &&
          batch.historyMask.subarray(row * length, (row + 1) * length).some((kept) => kept > 0),
      );
      asked += rowsHere.length;
      expect(count[n]).toBeCloseTo(rowsHere.length, 5);
      expectNear(
        sum.slice(n * ownLength, (n + 1) * ownLength),
        Array.from({ length: ownLength }, (_, k) => (k === 1 ? rowsHere.length : 0)),
      );
    }
    expect(asked).toBeGreaterThan(3);
    // With all of them the maximum does not always stand at one place.
    const all = deciding(batch);
    const places = Array.from({ length: ownLength }, (_, k) =>
      all.sum.filter((_share, at) => at % ownLength === k).reduce((sum_, share) => sum_ + share, 0),
    );
    expect(places.filter((share) => share > 0.01).length).toBeGreaterThan(1);
  });

  it('without a behaviour in the own scenario it is target attention', () => {
    const co = build();
    const target = build({ saca: 'target' });
    copyVariables(co, target);
    const empty = { ...batch, ownHistoryMask: new Float32Array(batch.ownHistoryMask.length) };
    expectNear(outputOf(co, shape, empty, 'historyWeight'), outputOf(target, shape, empty, 'historyWeight'));
    expect(
      differs(outputOf(co, shape, batch, 'historyWeight'), outputOf(target, shape, batch, 'historyWeight')),
    ).toBe(true);
  });

  it('empty histories give no interest, no state and a finite score', () => {
    const none: HostBatch = {
      ...batch,
      historyMask: new Float32Array(batch.historyMask.length),
      ownHistoryMask: new Float32Array(batch.ownHistoryMask.length),
    };
    for (const encoder of ['gru', 'attention', 'mean']) {
      const model = build({ encoder });
      for (const name of ['historyWeight', 'interest', 'state'])
        expect(Math.max(...outputOf(model, shape, none, name).map(Math.abs)), name).toBe(0);
      expect(scoresOf(model, none).score.every(Number.isFinite)).toBe(true);
      expect(Number.isFinite(gradientsOf(model, shape, none).total)).toBe(true);
    }
  });

  it('what stands behind the mask is not read', () => {
    const model = build();
    const ids = batch.ids.slice();
    const { width, fields } = batch.layout;
    let changed = 0;
    for (let b = 0; b < rows; b++)
      for (let at = fields.length; at < width; at++)
        if (ids[b * width + at] === 0) {
          ids[b * width + at] = 1 + (at % 10);
          changed++;
        }
    expect(changed).toBeGreaterThan(20);
    expectNear(outputOf(model, shape, { ...batch, ids }, 'logit'), outputOf(model, shape, batch, 'logit'));
  });
});

describe('switches', () => {
  it('without the eliminator the score is the match score, and nothing of FFN_s is there', () => {
    const [full, without] = [build(), build({ sbe: false })];
    copyVariables(full, without);
    expect(without.parameters.some(({ name }) => name.startsWith('scenario.'))).toBe(false);
    expect(full.parameters.some(({ name }) => name.startsWith('scenario.'))).toBe(true);
    expectNear(outputOf(without, shape, batch, 'logit'), outputOf(full, shape, batch, 'matchScore'));
  });

  it('α = 0 takes the scenario’s loss away; the scenario branch still learns through the fused logit', () => {
    const model = build({ alpha: 0 });
    const terms = lossTerms(model);
    expect(terms.scenario).toBeGreaterThan(0);
    expect(terms.total).toBe(terms.click);
    const { parameters } = gradientsOf(model, shape, batch);
    for (const name of ['scenario.output.weight', 'scenario.output.bias'])
      expect(Math.max(...parameters.get(name)!.map(Math.abs)), name).toBeGreaterThan(1e-5);
  });

  it('α weighs the scenario’s loss', () => {
    const { total, click, scenario } = lossTerms(build({ alpha: 2.5 }));
    expect(total).toBeCloseTo(click! + 2.5 * scenario!, 5);
  });

  it('a gate that is 1 leaves the match score’s own loss', () => {
    const [full, without] = [build({ alpha: 0 }), build({ sbe: false })];
    const bias = full.parameters.find(({ name }) => name === 'scenario.output.bias')!;
    assign(bias, Float32Array.of(60));
    copyVariables(full, without);
    expect(lossTerms(full).click).toBeCloseTo(lossTerms(without).click!, 5);
  });

  it('without co-attention the histories of other scenarios are not read', () => {
    const model = build({ saca: 'none' });
    const other = { ...batch, historyMask: batch.historyMask.map((value) => 1 - value) };
    expect(outputOf(model, shape, other, 'logit')).toEqual(outputOf(model, shape, batch, 'logit'));
    expect(differs(outputOf(build(), shape, other, 'logit'), outputOf(build(), shape, batch, 'logit'))).toBe(
      true,
    );
  });
});
