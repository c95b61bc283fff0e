/** What must hold of DIN whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { permuteBehaviours } from '../../../tests/support/tinyData';
import { differenceOf, tinyModel, type TinyModel } from '../../../tests/support/modelDoors';
import type { HostBatch } from '../../data/batches';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'own', 'prelu', 'relu-softmax', 'sum'])
  describeReference(`tests/reference/din/fixtures/${name}.json`);
// The third scenario has two rows: whatever they are, Dice sees them one deviation on either side, so gradients by what comes before it
// are differences of equals, and Adam's steps follow their rounding.
describeReference('tests/reference/din/fixtures/own-dice.json', { outputTolerance: 1e-4 });

beforeAll(async () => {
  await openBackend('cpu');
});

/** The batch with the first behaviour of every row alone, or that behaviour `times` over. */
function repeated({ batch }: TinyModel, times: number): HostBatch {
  const { layout } = batch;
  const { length, itemFields } = layout.history!;
  const [ids, historyMask] = [batch.ids.slice(), batch.historyMask.slice()];
  for (let b = 0; b < layout.batch; b++) {
    const first = b * layout.width + layout.fields.length;
    const there = batch.historyMask[b * length]!;
    for (let k = 0; k < length; k++) {
      const kept = k < times && there === 1;
      historyMask[b * length + k] = kept ? 1 : 0;
      for (let f = 0; f < itemFields.length; f++)
        ids[first + k * itemFields.length + f] = kept ? ids[first + f]! : 0;
    }
  }
  return { ...batch, ids, historyMask };
}

it('reads a history as a set: the order of behaviours is nothing', () => {
  const model = tinyModel('din');
  const moved = permuteBehaviours(model.batch, 'history', [2, 0, 1]);
  expect(moved.ids).not.toEqual(model.batch.ids);
  expect(differenceOf(model.scores(moved), model.scores())).toBeLessThan(1e-5);
});

it('keeps the strength of interest: a behaviour three times over counts three times', () => {
  const model = tinyModel('din');
  const [once, thrice] = [1, 3].map((times) => model.output('interest', repeated(model, times)));
  expect(Math.max(...once!.map(Math.abs))).toBeGreaterThan(0.01);
  expect(
    differenceOf(
      thrice!,
      once!.map((value) => 3 * value),
    ),
  ).toBeLessThan(1e-5);
});

it('with a softmax forgets it: the same behaviour three times over counts once', () => {
  const model = tinyModel('din', { pooling: 'softmax' });
  const [once, thrice] = [1, 3].map((times) => model.output('interest', repeated(model, times)));
  expect(differenceOf(thrice!, once!)).toBeLessThan(1e-5);
});

it.each(['unit', 'softmax', 'sum'])('with pooling %s has no interest without a history', (pooling) => {
  const model = tinyModel('din', { pooling });
  const length = model.batch.layout.history!.length;
  const [interest, weights] = [model.output('interest'), model.output('weights')];
  const width = interest.length / model.batch.layout.batch;
  // The first row has no behaviour, the second is full.
  expect(interest.slice(0, width).every((value) => value === 0)).toBe(true);
  expect(interest.slice(width, 2 * width).some((value) => value !== 0)).toBe(true);
  weights.forEach((weight, i) => {
    if (model.batch.historyMask[i] === 0) expect(Math.abs(weight)).toBe(0);
  });
  expect(weights.length).toBe(model.batch.layout.batch * length);
});

it('weighs a behaviour by the item that is scored', () => {
  const model = tinyModel('din');
  const { batch } = model;
  const ids = batch.ids.slice();
  // Another item in every row; its history stays.
  for (let b = 0; b < batch.count; b++) {
    const at = b * batch.layout.width + 2;
    const { offset, size } = model.shape.fields[2]!;
    ids[at] = offset + ((ids[at]! - offset + 1) % size);
  }
  expect(differenceOf(model.output('weights', { ...batch, ids }), model.output('weights'))).toBeGreaterThan(
    0.01,
  );
});

it('with slopes 0 PReLU is ReLU, with slopes 1 Dice is linear', () => {
  const [relu, prelu] = [tinyModel('din', { activation: 'relu' }), tinyModel('din', { activation: 'prelu' })];
  prelu.rewrite(/\.alpha$/, () => 0);
  relu.copy(prelu);
  expect(differenceOf(prelu.scores(), relu.scores())).toBeLessThan(1e-6);

  // Everything linear: the logit of the mean of two tables is the mean of their logits, where no behaviour multiplies.
  const dice = tinyModel('din', { activation: 'dice', pooling: 'sum' });
  dice.rewrite(/\.alpha$/, () => 1);
  const table = dice.model.table.tensor.dataSync<'float32'>().slice();
  const at = (times: number): Float32Array => {
    dice.setTable((i) => times * table[i]!);
    return dice.output('logit');
  };
  const [zero, one, two] = [at(0), at(1), at(2)];
  expect(
    differenceOf(
      two,
      one.map((z, i) => 2 * z - zero[i]!),
    ),
  ).toBeLessThan(1e-5);
  dice.rewrite(/\.alpha$/, () => 0);
  const [bent0, bent1, bent2] = [at(0), at(1), at(2)];
  expect(
    differenceOf(
      bent2,
      bent1.map((z, i) => 2 * z - bent0[i]!),
    ),
  ).toBeGreaterThan(0.01);
});
