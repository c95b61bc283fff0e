import { describe, expect, test } from 'vitest';
import { layoutWidth, readBatch, type BatchLayout } from './batches';
import { tinyDataset } from './simulate/testing';
import type { Dataset } from './dataset';

function layoutOf(dataset: Dataset): BatchLayout {
  const parts = {
    fields: dataset.fields.map((_, f) => f),
    history: { length: 5, itemFields: dataset.history!.itemFields, scenarioField: 0 },
    ownHistory: { length: 3, itemFields: dataset.history!.itemFields },
  };
  return { batch: 64, ...parts, width: layoutWidth(parts) };
}

describe('batches', () => {
  test('never touch the truth: reading it throws, and a batch is read all the same', async () => {
    const dataset = await tinyDataset();
    const poisoned = new Proxy(dataset, {
      get(target, key, receiver) {
        if (key === 'truth' || key === 'relatedness') throw new Error(`A batch reached for ${String(key)}.`);
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const rows = Array.from({ length: 64 }, (_, k) => k * 17);
    expect(readBatch(poisoned, layoutOf(dataset), rows)).toEqual(readBatch(dataset, layoutOf(dataset), rows));
  });

  test('are the same whatever the truth says', async () => {
    const dataset = await tinyDataset();
    const rows = Array.from({ length: 64 }, (_, k) => k * 31);
    const other = { ...dataset, truth: null, relatedness: null };
    expect(readBatch(other, layoutOf(dataset), rows)).toEqual(readBatch(dataset, layoutOf(dataset), rows));
  });

  test('read into the arrays of another batch leave nothing of it', async () => {
    const dataset = await tinyDataset();
    const layout = layoutOf(dataset);
    const extra = { fairness: Float32Array.from({ length: dataset.rows }, (_, row) => row) };
    const used = readBatch(
      dataset,
      layout,
      Array.from({ length: 64 }, (_, k) => k * 13),
      extra,
    );
    const rows = [5, 700, 3];
    const found = readBatch(dataset, layout, rows, extra, used);
    expect(found.ids).toBe(used.ids);
    expect(found).toEqual(readBatch(dataset, layout, rows, extra));
  });

  test('keep every id inside the merged table, 0 for padding alone', async () => {
    const dataset = await tinyDataset();
    const layout = layoutOf(dataset);
    const batch = readBatch(dataset, layout, [0, 1, 2]);
    expect(batch.count).toBe(3);
    for (const id of batch.ids) expect(id >= 0 && id < dataset.vocabularySize).toBe(true);
    expect(Array.from(batch.ids.subarray(3 * layout.width)).every((id) => id === 0)).toBe(true);
    expect(batch.rows[3]).toBe(-1);
    for (let b = 0; b < 3; b++)
      for (let f = 0; f < layout.fields.length; f++)
        expect(batch.ids[b * layout.width + f]).toBeGreaterThan(0);
  });

  test('take the latest behaviours, and in the own history only those of the row’s scenario', async () => {
    const dataset = await tinyDataset();
    const layout = layoutOf(dataset);
    const history = dataset.history!;
    const row = history.lengths.findIndex((length) => length === history.length);
    const batch = readBatch(dataset, layout, [row]);
    const item = dataset.fields[history.itemFields[0]!]!;
    const wanted = Array.from(
      { length: 5 },
      (_, k) => history.ids[(row * history.length + 3 + k) * 3]! + item.offset,
    );
    const start = layout.fields.length;
    const got = Array.from({ length: 5 }, (_, k) => batch.ids[start + k * 3]!);
    expect(got).toEqual(wanted);
    const own = Array.from({ length: history.length }, (_, k) => k)
      .filter((k) => history.scenario[row * history.length + k] === dataset.scenario[row])
      .slice(-3)
      .map((k) => history.ids[(row * history.length + k) * 3]! + item.offset);
    const ownStart = layout.fields.length + 5 * 4;
    expect(own.map((_, k) => batch.ids[ownStart + k * 3]!)).toEqual(own);
    expect(batch.ownHistoryMask.reduce((a, b) => a + b, 0)).toBe(own.length);
  });

  test('refuse more rows than they hold', async () => {
    const dataset = await tinyDataset();
    const layout = { ...layoutOf(dataset), batch: 2 };
    expect(() => readBatch(dataset, layout, [0, 1, 2])).toThrow(/A batch of 2 rows cannot hold 3/);
  });

  test('give a pair of values one row of the table, behind all values and inside its own buckets', async () => {
    const dataset = await tinyDataset();
    const plain = layoutOf(dataset);
    const buckets = 7;
    const parts = {
      ...plain,
      crosses: { pairs: [[0, 1] as const, [1, 2] as const], buckets, offset: dataset.vocabularySize },
    };
    const layout = { ...parts, width: layoutWidth(parts) };
    expect(layout.width).toBe(plain.width + 2);
    const rows = Array.from({ length: 40 }, (_, k) => k * 17);
    const crossed = readBatch(dataset, layout, rows);
    const without = readBatch(dataset, plain, rows);
    const bucketOf = new Map<string, number>();
    for (let b = 0; b < rows.length; b++) {
      const ids = crossed.ids.subarray(b * layout.width, (b + 1) * layout.width);
      expect(ids.subarray(0, plain.width)).toEqual(
        without.ids.subarray(b * plain.width, (b + 1) * plain.width),
      );
      parts.crosses.pairs.forEach(([i, j], c) => {
        const bucket = ids[plain.width + c]! - dataset.vocabularySize - c * buckets;
        expect(bucket >= 0 && bucket < buckets).toBe(true);
        const pair = `${c} ${ids[i]} ${ids[j]}`;
        expect(bucketOf.get(pair) ?? bucket).toBe(bucket);
        bucketOf.set(pair, bucket);
      });
    }
    expect(new Set(bucketOf.values()).size).toBeGreaterThan(1);
    expect(Array.from(crossed.ids.subarray(40 * layout.width)).every((id) => id === 0)).toBe(true);
  });
});
