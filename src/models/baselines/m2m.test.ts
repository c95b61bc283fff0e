/** What must hold of M2M whatever its weights are. */
import { openBackend } from '../../engine';
import { beforeAll, expect, it } from 'vitest';
import { describeReference } from '../../../tests/support/reference';
import {
  expectClose,
  fill,
  moved,
  rewrite,
  seen,
  tinyModel,
  valuesOf,
} from '../../../tests/support/tinyModel';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import type { AnyModel } from '../definition';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);

beforeAll(async () => {
  await openBackend('cpu');
});

it('a row’s score does not depend on what else is scored with it', () => {
  const model = tinyModel('m2m');
  const other = tinyBatch(shape, {}, 8);
  const half = 10;
  const width = batch.layout.width;
  const ids = batch.ids.slice();
  ids.set(other.ids.subarray(half * width), half * width);
  const scenario = batch.scenario.slice();
  scenario.set(other.scenario.subarray(half), half);
  const [before, after] = [seen(model, shape, batch), seen(model, shape, { ...batch, ids, scenario })];
  expect(after.subarray(half)).not.toEqual(before.subarray(half));
  expectClose(after.subarray(0, half), before.subarray(0, half));
  model.dispose();
});

it('scenarios that are described alike are treated alike', () => {
  const model = tinyModel('m2m');
  const elsewhere = moved(batch, (s) => (s + 1) % shape.scenarios);
  const apart = seen(model, shape, batch).map((z, b) => Math.abs(z - seen(model, shape, elsewhere)[b]!));
  expect(Math.min(...apart)).toBeGreaterThan(1e-6);
  const [first] = [valuesOf(model, 'scenario.embedding')];
  rewrite(model, 'scenario.embedding', (_, at) => first[at % 4]!);
  expectClose(seen(model, shape, elsewhere), seen(model, shape, batch));
  model.dispose();
});

/** Nothing is generated: what is left of each unit is its constant part. */
function still(model: AnyModel): AnyModel {
  for (const { name } of model.parameters)
    if (/\.(matrix|offset)\.weight$/.test(name)) rewrite(model, name, () => 0);
  return model;
}

it('with nothing generated the meta tower is an ordinary one', () => {
  const meta = still(tinyModel('m2m'));
  const plain = tinyModel('m2m', { metaTower: false });
  fill(plain, meta, (name) => {
    const found = /^tower\.(\d)\.(weight|bias)$/.exec(name);
    if (!found) return valuesOf(meta, name);
    return valuesOf(meta, `tower.${found[1]!}.0.${found[2] === 'weight' ? 'matrix' : 'offset'}.bias`);
  });
  expectClose(seen(plain, shape, batch), seen(meta, shape, batch));
  meta.dispose();
  plain.dispose();
});

it('weights over experts sum to 1 and, generated, differ between scenarios', () => {
  const model = tinyModel('m2m');
  const [here, there] = [batch, moved(batch, (s) => (s + 1) % shape.scenarios)].map((rows) =>
    seen(model, shape, rows, 'attention'),
  );
  for (let b = 0; b < batch.count; b++) expect(here![2 * b]! + here![2 * b + 1]!).toBeCloseTo(1, 6);
  expect(here).not.toEqual(there);
  const fixed = tinyModel('m2m', { metaAttention: false });
  const same = [batch, moved(batch, (s) => (s + 1) % shape.scenarios)].map((rows) =>
    seen(fixed, shape, rows, 'attention'),
  );
  expect(same[0]).toEqual(same[1]);
  model.dispose();
  fixed.dispose();
});

it('refuses heads that do not divide the embedding size', () => {
  expect(() => tinyModel('m2m', { heads: 3 })).toThrow(
    '3 attention heads do not divide an embedding size of 4; choose a number of heads that does.',
  );
});

for (const name of [
  'full',
  'two-meta-layers',
  'two-transformer-layers',
  'without-meta-attention',
  'without-meta-tower',
  'without-transformer',
])
  describeReference(`tests/reference/m2m/fixtures/${name}.json`);
