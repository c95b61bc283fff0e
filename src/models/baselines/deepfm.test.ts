/** What must hold of DeepFM whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'deep-alone', 'fm-alone', 'history', 'own'])
  describeReference(`tests/reference/deepfm/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

it('is the factorisation machine where its deep part is off', () => {
  const [machine, alone] = [tinyModel('fm'), tinyModel('deepfm', { deep: false })];
  alone.copy(machine, () => 'bias');
  expect(differenceOf(alone.scores(), machine.scores())).toBeLessThan(1e-5);
});

it('is Mix where its FM part is off', () => {
  const settings = { batchNorm: 'off', hidden: [6, 4] };
  const [alone, mix] = [tinyModel('deepfm', { ...settings, fm: false }), tinyModel('mix', settings)];
  for (const { name } of alone.model.parameters)
    alone.rewrite(RegExp(`^${name}$`), (_value, i) => mix.values(name)[i]!);
  // DeepFM's table has one more column, the first.
  const dim = mix.model.table.dim;
  const embeddings = mix.model.table.tensor.dataSync();
  alone.setTable((i) =>
    i % (dim + 1) === 0 ? 9 : embeddings[Math.floor(i / (dim + 1)) * dim + (i % (dim + 1)) - 1]!,
  );
  expect(differenceOf(alone.scores(), mix.scores())).toBeLessThan(1e-6);
});

it('adds the inner product of every two fields once', () => {
  const model = tinyModel('deepfm');
  const { batch, shape } = model;
  const dim = model.model.table.dim;
  const fields = model.input((inputs) => inputs.fields);
  const count = shape.fields.length;
  const at = (b: number, f: number, k: number): number => fields[(b * count + f) * dim + 1 + k]!;
  const pairs = model.output('pairs');
  for (let b = 0; b < batch.count; b++) {
    let sum = 0;
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++) for (let k = 0; k < dim - 1; k++) sum += at(b, i, k) * at(b, j, k);
    expect(pairs[b]).toBeCloseTo(sum, 4);
  }
});

it('needs one of its parts', () => {
  expect(() => tinyModel('deepfm', { fm: false, deep: false })).toThrow('turn one on');
});
