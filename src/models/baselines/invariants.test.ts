import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { assign, createVariables, openBackend } from '../../engine';
import { forward, gradientsOf, quietMode, shake } from '../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import type { AnyModel, DataShape } from '../definition';
import { findModel } from '../registry';
import type { AnySettings } from '../settings';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);

beforeAll(async () => {
  await openBackend('cpu');
});

function build(id: string, settings: AnySettings): AnyModel {
  const model = findModel(id)
    .configure({ embeddingDim: 4, dropout: 0, ...settings })
    .build(shape, createVariables(1));
  shake(model);
  return model;
}

const valuesOf = (model: AnyModel, name: string): Float32Array => {
  const found = [...model.parameters, ...model.states].find((variable) => variable.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found.tensor.dataSync<'float32'>().slice();
};

/** Gives `model` the values that `from` tells by name, and `source`'s table. */
function fill(model: AnyModel, source: AnyModel, from: (name: string, size: number) => Float32Array): void {
  for (const parameter of model.parameters) assign(parameter, from(parameter.name, parameter.tensor.size));
  assign(model.table, source.table.tensor);
}

const logitsOf = (model: AnyModel, kind: 'train' | 'evaluate'): Float32Array =>
  tf.tidy(() => forward(model, shape, batch, quietMode(kind)).pass.logit.dataSync<'float32'>().slice());

function expectSame(a: AnyModel, b: AnyModel): void {
  for (const kind of ['train', 'evaluate'] as const) {
    const wanted = logitsOf(b, kind);
    logitsOf(a, kind).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
  }
}

it('fine-tuning starts as Mix: without differences a copy is the pooled network', () => {
  const mix = build('mix', { hidden: [6, 4] });
  const finetune = build('finetune', { hidden: [6, 4] });
  fill(finetune, mix, (name, size) => {
    if (name.startsWith('own.')) return new Float32Array(size);
    const plain = name.replace('pooled.', '');
    return valuesOf(mix, plain.startsWith('output') ? plain : `mlp.${plain}`);
  });
  expectSame(finetune, mix);
});

it('STAR without normalisation and auxiliary network, with own factors 1, is Mix', () => {
  const mix = build('mix', { hidden: [6, 4], batchNorm: 'off' });
  const star = build('star', { hidden: [6, 4], normalisation: 'off', auxiliary: false });
  fill(star, mix, (name, size) => {
    if (name.startsWith('own.')) return new Float32Array(size).fill(name.endsWith('weight') ? 1 : 0);
    const [, layer, part] = name.split('.');
    return valuesOf(mix, layer === '2' ? `output.${part}` : `mlp.${layer}.${part}`);
  });
  expectSame(star, mix);
});

it('MMoE with one expert is Shared Bottom', () => {
  const bottom = build('shared-bottom', { hidden: [6, 5], towerHidden: [4] });
  const mmoe = build('mmoe', { numExperts: 1, expertHidden: [6, 5], towerHidden: [4] });
  fill(mmoe, bottom, (name, size) =>
    name.startsWith('gate.') ? new Float32Array(size) : valuesOf(bottom, name.replace('expert.', 'bottom.')),
  );
  expectSame(mmoe, bottom);
});

it('a scenario without rows leaves its own weights without gradient', () => {
  const model = build('shared-bottom', { hidden: [6], towerHidden: [4] });
  const scenario = batch.scenario.map((n) => (n === 2 ? 0 : n));
  const { parameters } = gradientsOf(model, shape, { ...batch, scenario });
  for (const name of ['tower.0.weight', 'output.weight', 'output.bias']) {
    const gradient = parameters.get(name)!;
    const share = gradient.length / shape.scenarios;
    const of = (n: number): number => Math.hypot(...gradient.subarray(n * share, (n + 1) * share));
    expect(of(0)).toBeGreaterThan(0);
    expect(of(2)).toBe(0);
  }
});

it('Single: a scenario’s network feels no other scenario’s clicks', () => {
  const model = build('single', { hidden: [6, 4] });
  const label = batch.label.map((y, b) => (batch.scenario[b] === 0 ? y : 1 - y));
  const plain = gradientsOf(model, shape, batch);
  const other = gradientsOf(model, shape, { ...batch, label });
  for (const [name, gradient] of plain.parameters) {
    const share = gradient!.length / shape.scenarios;
    const moved = other.parameters.get(name)!;
    for (let i = 0; i < share; i++) expect(moved[i], name).toBeCloseTo(gradient![i]!, 6);
    expect(moved.subarray(share)).not.toEqual(gradient!.subarray(share));
  }
});

it('PLE with many scenarios gives and learns what all experts on all rows would', () => {
  const [own, shared] = [2, 2];
  const settings = { ...findModel('ple').presets.tiny, batchNorm: 'off', levels: 1, dropout: 0 };
  const configured = findModel('ple').configure({ ...settings, specificExperts: own, sharedExperts: shared });
  const made = (scenarios: number): readonly [AnyModel, DataShape] => {
    const of = tinyShape(24, scenarios);
    return [configured.build(of, createVariables(1)), of];
  };
  const [few, fewShape] = made(3);
  const [many, manyShape] = made(12);
  shake(few);
  // The first three scenarios of the second model are those of the first.
  for (const { name, shape: of, tensor } of many.parameters) {
    const values = tensor.dataSync<'float32'>().slice();
    const given = valuesOf(few, name);
    const ofStack = of[0] === 12 * own + shared;
    const block = tensor.size / of[0]!;
    values.set(ofStack ? given.subarray(0, 3 * own * block) : given);
    if (ofStack) values.set(given.subarray(3 * own * block), 12 * own * block);
    assign(
      many.parameters.find((each) => each.name === name)!,
      values,
    );
  }
  // The scenario field stands last in the table.
  const table = new Float32Array(many.table.tensor.size);
  table.set(few.table.tensor.dataSync<'float32'>());
  assign(many.table, table);
  const [expected, found] = [gradientsOf(few, fewShape, batch), gradientsOf(many, manyShape, batch)];
  expect(found.total).toBeCloseTo(expected.total, 5);
  expected.rows.forEach((value, at) => expect(found.rows[at]).toBeCloseTo(value, 5));
  const [inFew, inMany] = [expected, found].map(({ parameters }) =>
    parameters.get('level.0.expert.0.weight')!,
  );
  const block = inFew!.length / (3 * own + shared);
  for (let i = 0; i < 3 * own * block; i++) expect(inMany![i]).toBeCloseTo(inFew![i]!, 5);
  for (let i = 3 * own * block; i < 12 * own * block; i++) expect(inMany![i]).toBe(0);
  few.dispose();
  many.dispose();
});
