import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { assign, openBackend } from '../../engine';
import { buildModel, change, fill, logitsOf, statesAfter, valuesOf } from '../../../tests/support/builtModel';
import { copyVariables, forward, gradientsOf, quietMode } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import { fillPadding, permuteRows, tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import type { AnyModel } from '../definition';
import type { AnySettings } from '../settings';

const fixtures = { adaptdhm: ['default', 'one-step'], adl: ['default', 'norm', 'one-step'] };
for (const [id, names] of Object.entries(fixtures))
  for (const name of names) describeReference(`tests/reference/${id}/fixtures/${name}.json`);

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const CLUSTERS = 3;
const ids = ['adaptdhm', 'adl'] as const;
const widths = { adaptdhm: { hidden: [6, 4] }, adl: { bottomHidden: [6], towerHidden: [4] } };
const build = (id: (typeof ids)[number], settings: AnySettings = {}): AnyModel =>
  buildModel(id, shape, { ...widths[id], ...(id === 'adl' && { batchNorm: 'off' }), ...settings });

beforeAll(async () => {
  await openBackend('cpu');
});

const movedCentre = (model: AnyModel, rows = batch): Float32Array =>
  statesAfter(model, shape, rows).get('centre')!;

/** The cluster of each row that counts. */
function clustersOf(model: AnyModel, kind: 'train' | 'evaluate'): number[] {
  return tf.tidy(() => {
    const { route } = forward(model, shape, batch, quietMode(kind)).pass.outputs();
    return [...tf.argMax(route!, 1).dataSync<'int32'>()].slice(0, batch.count);
  });
}

/** Nearest of `centres [K, D]` to each row's embeddings, in plain loops. */
function nearest(model: AnyModel, centres: Float32Array): number[] {
  const table = model.table.tensor.dataSync<'float32'>();
  const { dim } = model.table;
  const fields = shape.fields.length;
  return Array.from({ length: batch.count }, (_, b) => {
    const row = Array.from(batch.ids.subarray(b * fields, (b + 1) * fields)).flatMap((id) => [
      ...table.subarray(id * dim, (id + 1) * dim),
    ]);
    const similar = Array.from({ length: centres.length / row.length }, (_each, k) =>
      row.reduce((sum, x, c) => sum + x * centres[k * row.length + c]!, 0),
    );
    return similar.indexOf(Math.max(...similar));
  });
}

describe.each(ids)('%s', (id) => {
  it('keeps its centres at unit length, and only training moves them', () => {
    const model = build(id);
    const before = valuesOf(model, 'centre');
    const after = movedCentre(model);
    const width = after.length / CLUSTERS;
    for (let k = 0; k < CLUSTERS; k++)
      expect(Math.hypot(...after.subarray(k * width, (k + 1) * width))).toBeCloseTo(1, 5);
    expect(after).not.toEqual(before);
    logitsOf(model, shape, batch);
    expect(valuesOf(model, 'centre')).toEqual(before);
    expect(model.states.map(({ name }) => name)).toContain('centre');
  });

  it('sorts a row to its nearest centre: the moved ones in training, the stored ones in evaluation', () => {
    // Little inertia, so that some rows change their cluster.
    const model = build(id, { beta: 0.05 });
    const [before, after] = [valuesOf(model, 'centre'), movedCentre(model)];
    expect(nearest(model, before)).not.toEqual(nearest(model, after));
    expect(clustersOf(model, 'evaluate')).toEqual(nearest(model, before));
    expect(clustersOf(model, 'train')).toEqual(nearest(model, after));
  });

  it('moves centres by the rows that count, in whatever order they stand', () => {
    const model = build(id);
    const plain = movedCentre(model);
    const order = Array.from({ length: shape.batch }, (_, b) => (b * 7 + 3) % shape.batch);
    for (const rows of [fillPadding(batch), permuteRows(batch, order)])
      movedCentre(model, rows).forEach((value, i) => expect(value).toBeCloseTo(plain[i]!, 5));
  });

  it('leaves centres where they are with inertia 1, up to rounding', () => {
    const held = buildModel(id, shape, { ...widths[id], beta: 0.999 });
    const free = buildModel(id, shape, { ...widths[id], beta: 0 });
    const distance = (model: AnyModel): number => {
      const before = valuesOf(model, 'centre');
      return Math.hypot(...movedCentre(model).map((value, i) => value - before[i]!));
    };
    expect(distance(held)).toBeLessThan(0.02);
    expect(distance(free)).toBeGreaterThan(0.2);
  });

  it('goes on from copied variables to the same centres', () => {
    const [model, other] = [build(id), build(id, {})];
    change(model, 'centre', (value, i) => (i % 2 === 0 ? -value : value));
    copyVariables(model, other);
    expect(movedCentre(other)).toEqual(movedCentre(model));
  });

  it('sends no gradient through the sorting', () => {
    // With centres held, sharpness changes coefficients and nothing that is learned.
    const gradients = [1, 7].map((sharpness) => {
      const model = build(id, { sharpness, routingSteps: 1, beta: 0.999 });
      return gradientsOf(model, shape, batch);
    });
    gradients[1]!.rows.forEach((value, i) => expect(value).toBeCloseTo(gradients[0]!.rows[i]!, 6));
  });

  it('gives a cluster without rows no gradient', () => {
    const model = build(id, { beta: 0.999, routingSteps: 1 });
    // The third centre stands opposite the first: rows that are far from it alone go there.
    const width = valuesOf(model, 'centre').length / CLUSTERS;
    change(model, 'centre', (value, i) => (i < 2 * width ? value : 0));
    const name = id === 'adl' ? 'tower.0.weight' : 'own.0.weight';
    const used = new Set(clustersOf(model, 'train'));
    const gradient = gradientsOf(model, shape, batch).parameters.get(name)!;
    const share = gradient.length / CLUSTERS;
    for (let k = 0; k < CLUSTERS; k++) {
      const length = Math.hypot(...gradient.subarray(k * share, (k + 1) * share));
      if (used.has(k)) expect(length).toBeGreaterThan(0);
      else expect(length).toBe(0);
    }
  });
});

it.each(ids)('%s: small embeddings make all centres one at sharpness 1, and not at 100', (id) => {
  const alike = (sharpness: number): number => {
    const model = build(id, { sharpness });
    // As a table starts: a hundredth, about a mean that its rows share.
    assign(
      model.table,
      model.table.tensor.dataSync<'float32'>().map((value) => 0.02 * value + 0.002),
    );
    for (let step = 0; step < 40; step++) {
      const centre = movedCentre(model);
      change(model, 'centre', (_, i) => centre[i]!);
    }
    const centre = valuesOf(model, 'centre');
    const width = centre.length / CLUSTERS;
    return centre.subarray(0, width).reduce((sum, value, c) => sum + value * centre[width + c]!, 0);
  };
  expect(alike(1)).toBeGreaterThan(0.99);
  expect(alike(100)).toBeLessThan(0.95);
});

it('AdaptDHM: a cluster’s bias acts on its own rows and on no others', () => {
  const model = build('adaptdhm');
  const clusters = clustersOf(model, 'evaluate');
  const plain = logitsOf(model, shape, batch);
  change(model, 'own.2.bias', (value, k) => (k === clusters[0] ? value + 1 : value));
  const other = logitsOf(model, shape, batch);
  clusters.forEach((k, b) => expect(other[b]! - plain[b]!).toBeCloseTo(k === clusters[0] ? 1 : 0, 5));
});

it('AdaptDHM with one cluster and own factors 1 is Mix without normalisation', () => {
  const mix = buildModel('mix', shape, { hidden: [6, 4], batchNorm: 'off' });
  const one = build('adaptdhm', { clusters: 1 });
  fill(one, mix, (name, size) => {
    if (name.startsWith('own.')) return new Float32Array(size).fill(name.endsWith('weight') ? 1 : 0);
    const [, layer, part] = name.split('.');
    return valuesOf(mix, layer === '2' ? `output.${part}` : `mlp.${layer}.${part}`);
  });
  const wanted = logitsOf(mix, shape, batch);
  logitsOf(one, shape, batch).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
});

it('ADL with one cluster is Mix with the branch’s layers above the shared ones', () => {
  const mix = buildModel('mix', shape, { hidden: [6, 4] });
  const one = buildModel('adl', shape, { ...widths.adl, clusters: 1 });
  fill(one, mix, (name) => valuesOf(mix, name.replace('bottom.0', 'mlp.0').replace('tower.0', 'mlp.1')));
  for (const kind of ['train', 'evaluate'] as const) {
    const wanted = logitsOf(mix, shape, batch, kind);
    logitsOf(one, shape, batch, kind).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
  }
});
