import { describe, expect, it } from 'vitest';
import { SPLIT } from '../dataset';
import { readDataset, writeDataset } from '../format';
import { buildDataset } from './build';
import { inspectFile } from './inspect';
import { proposeThreshold } from './labels';
import { parseMapping, type Mapping } from './mapping';
import { codes, csv, failWith, importWith, plainLog, set, utf8 } from './testing';

describe('a plain log becomes a dataset', () => {
  it('with fields side by side in one id space, the scenario last, and nothing to warn of', async () => {
    const { dataset, warnings } = await importWith(csv(plainLog()));
    expect(dataset.fields.map((f) => [f.name, f.role])).toEqual([
      ['user_id', 'user'],
      ['item_id', 'item'],
      ['domain', 'scenario'],
    ]);
    let offset = 1;
    for (const field of dataset.fields) {
      expect(field.offset).toBe(offset);
      offset += field.size;
    }
    expect(dataset.vocabularySize).toBe(offset);
    expect(dataset.scenarios.map((s) => s.id)).toEqual(['0', '1', '2']);
    expect(dataset.fields.at(-1)!.size).toBe(4);
    dataset.columns.at(-1)!.forEach((id, row) => expect(id).toBe(dataset.scenario[row]! + 1));
    expect(dataset.timestamp![199]).toBe(1_600_000_000 + 199 * 60);
    expect([...dataset.split.slice(0, 160)].every((s) => s === SPLIT.train)).toBe(true);
    expect([...dataset.split.slice(180)].every((s) => s === SPLIT.test)).toBe(true);
    expect(codes(warnings)).toEqual(['history']);
    expect(dataset.warnings).toEqual(warnings.map((w) => w.sentence));
    expect(dataset.scenarios.reduce((sum, s) => sum + s.share, 0)).toBeCloseTo(1, 12);
    expect(dataset.title).toBe('test');
  });

  it('the mapping survives JSON, and the same file and mapping give the same fingerprint', async () => {
    const bytes = csv(plainLog());
    const { mapping } = await inspectFile(bytes, { name: 'test.csv' });
    const kept: unknown = JSON.parse(JSON.stringify(mapping));
    expect(parseMapping(kept)).toEqual(mapping);
    const a = await buildDataset(bytes, kept);
    const b = await buildDataset(bytes, mapping);
    expect(a.dataset.fingerprint).toBe(b.dataset.fingerprint);
    expect(a.dataset.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('from a mapping that was written when a known schema was called a preset', async () => {
    const { mapping } = await inspectFile(csv(plainLog()), { name: 'test.csv' });
    const { schema: _, ...earlier } = mapping!;
    expect(parseMapping({ ...earlier, preset: 'mind' })).toEqual({ ...mapping, schema: 'mind' });
    expect(parseMapping(earlier).schema).toBeNull();
  });

  it('kept in the lab’s own format it comes back as it was, whatever its columns are called', async () => {
    const more = {
      split: (row: number) => row % 5,
      history_x: (row: number) => row % 4,
      城市: (row: number) => ['北京', '上海'][row % 2]!,
    };
    for (const without of [[], ['timestamp'], ['domain']]) {
      const { dataset } = await importWith(csv(plainLog({ more, without })), (m) => {
        for (const name of Object.keys(more)) set(m, name, { role: 'context' });
      });
      expect(dataset.fields.map((f) => f.name)).toEqual(
        expect.arrayContaining(['context_split', 'context_history_x', '城市']),
      );
      const { parquet, manifest } = writeDataset(dataset);
      const back = await readDataset(parquet, JSON.parse(JSON.stringify(manifest)) as unknown);
      expect(back).toEqual(dataset);
      expect(manifest.splits.rule).toContain(
        without.includes('timestamp') ? 'split by chance' : 'split by time',
      );
    }
  });

  it('rare values of training rows and values that only evaluation rows hold are "other"', async () => {
    const rows = plainLog({
      rows: 200,
      items: 5,
      more: { brand: (row) => (row < 3 ? 'rare' : row < 190 ? 'common' : 'late') },
    });
    rows[5]![5] = 'once';
    const { dataset } = await importWith(csv(rows), (m) => (m.rareBelow = 4));
    const brand = dataset.fields.findIndex((f) => f.name === 'brand');
    expect(dataset.fields[brand]!.labels).toEqual(['other', 'common']);
    expect([...dataset.columns[brand]!.slice(0, 6)]).toEqual([0, 0, 0, 1, 0, 1]);
    expect([...dataset.columns[brand]!.slice(188)]).toEqual([1, 1, ...Array<number>(10).fill(0)]);
  });

  it('numbers go into quantile buckets of training rows; nothing has id 0', async () => {
    const rows = plainLog({ more: { price: (row) => (row % 8 === 0 ? '' : row < 180 ? row + 0.5 : 1e9) } });
    const { dataset } = await importWith(csv(rows), (m) => (m.buckets = 4));
    const price = dataset.fields.findIndex((f) => f.name === 'price');
    expect(dataset.fields[price]!.role).toBe('item');
    expect(dataset.fields[price]!.size).toBe(5);
    const ids = dataset.columns[price]!;
    ids.forEach((id, row) => expect(id === 0).toBe(row % 8 === 0));
    const training = [1, 2, 3, 4].map(
      (b) => ids.filter((id, row) => id === b && dataset.split[row] === 0).length,
    );
    for (const count of training) expect(Math.abs(count - 35)).toBeLessThanOrEqual(2);
    for (let row = 181; row < 200; row++) if (row % 8 !== 0) expect(ids[row]).toBe(4);
  });

  it('ratings need a threshold, which is proposed', async () => {
    const log = plainLog({ label: (row) => 1 + ((row * 7) % 5) }).map((r, i) =>
      i === 0 ? r.map((n) => (n === 'label' ? 'rating' : n)) : r,
    );
    const { dataset, mapping } = await importWith(csv(log));
    expect(mapping.label.threshold).toBe(4);
    expect(dataset.label.reduce((a, b) => a + b, 0)).toBe(80);
    const higher = await importWith(csv(log), (m) => (m.label.threshold = 5));
    expect(higher.dataset.label.reduce((a, b) => a + b, 0)).toBe(40);
    const error = await failWith(csv(log), (m) => (m.label.threshold = null));
    expect(error).toMatchObject({ code: 'labelNotBinary', column: 'rating', line: 3 });
  });

  it.each([
    ['click', 0, 1, null],
    ['clicks', 0, 7, 1],
    ['rating', 0, 5, 4],
    ['stars', 1, 5, 4],
    ['score', 1, 10, 8],
    ['rating', 1, 100, 80],
  ])('a label “%s” from %d to %d is positive from %j on', (name, min, max, threshold) => {
    expect(proposeThreshold(name, min, max)).toBe(threshold);
  });

  it.each([
    ['words', (row: number) => (row % 3 === 0 ? 'yes' : 'no')],
    ['truth values', (row: number) => (row % 3 === 0 ? 'True' : 'False')],
    ['signs', (row: number) => (row % 3 === 0 ? 1 : -1)],
    ['decimals', (row: number) => (row % 3 === 0 ? '1.0' : '0.0')],
  ])('labels may be %s', async (_, label) => {
    const { dataset } = await importWith(csv(plainLog({ label })), (m) => (m.label.threshold = null));
    expect([...dataset.label.slice(0, 4)]).toEqual([1, 0, 0, 1]);
  });

  it('scenarios can be brought together', async () => {
    const { dataset } = await importWith(csv(plainLog({ scenarios: 4 })), (m) => {
      m.scenario.groups = { 1: 'rest', 2: 'rest', 3: 'rest' };
    });
    expect(dataset.scenarios.map((s) => s.id)).toEqual(['0', 'rest']);
  });

  it('row weights are taken as they are', async () => {
    const { dataset } = await importWith(csv(plainLog({ more: { weight: (row) => 0.5 + (row % 2) } })));
    expect([...dataset.weight.slice(0, 4)]).toEqual([0.5, 1.5, 0.5, 1.5]);
    expect(dataset.fields.some((f) => f.name === 'weight')).toBe(false);
  });

  it('the first entry of short lists can stand for them', async () => {
    const { dataset } = await importWith(
      csv(plainLog({ more: { genres: (row) => (row % 2 ? 'Action|Comedy' : 'Drama') } })),
    );
    const genres = dataset.fields.find((f) => f.name === 'genres')!;
    expect([...genres.labels!].sort()).toEqual(['Action', 'Drama', 'other']);
  });

  it('rows with a simulator’s truth are called simulated and keep it from the fields', async () => {
    const truth = {
      truth_p: () => 0.25,
      truth_match: () => -1,
      truth_prominence: () => 0.5,
      truth_intervened: (row: number) => row % 2,
    };
    const { dataset } = await importWith(csv(plainLog({ more: truth })));
    expect(dataset.title).toContain('simulated');
    expect(dataset.truth!.probability[0]).toBe(0.25);
    expect([...dataset.truth!.intervened.slice(0, 3)]).toEqual([0, 1, 0]);
    expect(dataset.fields.map((f) => f.name).filter((n) => n.startsWith('truth'))).toEqual([]);
  });
});

describe('what is told and lived with', () => {
  const warned = async (bytes: Uint8Array, change?: (mapping: Mapping) => void) =>
    (await importWith(bytes, change)).warnings;

  it('rows without a readable label are left out', async () => {
    const rows = plainLog();
    rows[7]![3] = '';
    rows[9]![3] = 'NA';
    const { dataset, warnings } = await importWith(csv(rows));
    expect(dataset.rows).toBe(198);
    expect(warnings[0]).toMatchObject({ code: 'unreadableLabel', column: 'label', line: 8 });
  });

  it('no scenario column, and one scenario only', async () => {
    const none = await importWith(csv(plainLog({ without: ['domain'] })));
    expect(codes(none.warnings)).toContain('noScenario');
    expect(none.dataset.scenarios.map((s) => s.name)).toEqual(['all rows']);
    expect(await warned(csv(plainLog({ scenarios: 1 })))).toContainEqual(
      expect.objectContaining({ code: 'oneScenario', column: 'domain', line: 2 }),
    );
  });

  it('rows without a scenario form one', async () => {
    const rows = plainLog();
    rows[4]![2] = '';
    const { dataset, warnings } = await importWith(csv(rows));
    expect(dataset.scenarios.map((s) => s.id)).toEqual(['0', '1', '2', 'missing']);
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'missingScenario', column: 'domain', line: 5 }),
    );
  });

  it('a scenario without positives in a split is kept, and its AUC there is undefined', async () => {
    const rows = plainLog({ label: (row) => (row % 4 === 0 ? 1 : 0) });
    for (const row of rows.slice(181)) if (row[2] === 2) row[3] = 0;
    const { dataset, warnings } = await importWith(csv(rows));
    expect(dataset.scenarios.length).toBe(3);
    const found = warnings.find((w) => w.code === 'noPositives' && w.sentence.includes('in test'))!;
    expect(found).toMatchObject({ column: 'domain' });
    expect(found.sentence).toMatch(
      /Scenario “2” has no positive row in test: it is kept, and its AUC there is undefined/,
    );
  });

  it('a scenario that training never saw', async () => {
    const rows = plainLog();
    for (const row of rows.slice(195)) row[2] = 'new';
    expect(codes(await warned(csv(rows)))).toContain('scenarioOutsideTraining');
  });

  it('ids beyond 32 bits are told apart digit by digit', async () => {
    const rows = plainLog({ more: { campaign: (row) => `90071992547409${row % 2 ? 91 : 93}` } });
    const { dataset, warnings } = await importWith(csv(rows));
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'beyondInt32', column: 'campaign', line: 2 }),
    );
    expect(dataset.fields.find((f) => f.name === 'campaign')!.size).toBe(3);
  });

  it('a column that gives the label away is left out, and kept when asked for', async () => {
    const rows = csv(
      plainLog({
        more: { seconds_watched: (row, label) => label * 50 + (row % 20), colour: (row) => row % 4 },
      }),
    );
    const { dataset, mapping, warnings } = await importWith(rows, (m) =>
      set(m, 'seconds_watched', { role: 'numeric', side: 'context' }),
    );
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'leak', column: 'seconds_watched' }));
    expect(dataset.fields.map((f) => f.name)).not.toContain('seconds_watched');
    const asked = structuredClone(mapping);
    set(asked, 'seconds_watched', { keepLeak: true });
    const kept = await buildDataset(rows, asked);
    expect(codes(kept.warnings)).toContain('leakKept');
    expect(kept.dataset.fields.map((f) => f.name)).toContain('seconds_watched');
  });

  it('an inspection leaves leaks and outcomes out by itself, with their AUC', async () => {
    const more = {
      score_after: (row: number, label: number) => label * 50 + (row % 20),
      flagged: (row: number, label: number) => (label === 1 && row % 3 === 0 ? 1 : 0),
      is_like: (row: number) => row % 2,
    };
    const inspection = await inspectFile(csv(plainLog({ rows: 600, more })));
    const column = (name: string) => inspection.columns.find((c) => c.name === name)!;
    expect(column('score_after')).toMatchObject({ role: 'ignore', auc: 1 });
    expect(column('flagged').role).toBe('ignore');
    expect(column('is_like').role).toBe('ignore');
    expect(codes(inspection.warnings)).toEqual(expect.arrayContaining(['leak', 'outcome']));
  });

  it('time order missing: a random split, and said', async () => {
    const { dataset, warnings } = await importWith(csv(plainLog({ without: ['timestamp'] })));
    expect(warnings.find((w) => w.code === 'noTimeOrder')!.sentence).toContain('at random');
    expect(dataset.timestamp).toBeNull();
    expect(Math.abs(dataset.split.filter((s) => s === SPLIT.test).length - 20)).toBeLessThanOrEqual(3);
  });

  it('one user only', async () => {
    const bytes = csv(plainLog({ users: 1 }));
    expect(await warned(bytes)).toContainEqual(
      expect.objectContaining({ code: 'oneUser', column: 'user_id', line: 2 }),
    );
    expect(codes((await inspectFile(bytes)).warnings)).toContain('oneUser');
  });

  it('a "time" that never changes for a user is a date of the user', async () => {
    const rows = plainLog({ rows: 400, without: ['timestamp'] }).map((row, i) => [
      ...row,
      i === 0 ? 'date' : `20${10 + (Number(row[0]) % 10)}-03-01`,
    ]);
    const inspection = await inspectFile(csv(rows));
    expect(inspection.columns.find((c) => c.name === 'date')!.role).toBe('user');
    expect(codes(inspection.warnings)).toContain('noTimeOrder');
  });

  it('rows without a readable time, where time orders rows', async () => {
    const rows = plainLog();
    rows[3]![4] = '';
    const { dataset, warnings } = await importWith(csv(rows));
    expect(dataset.rows).toBe(199);
    expect(warnings[0]).toMatchObject({ code: 'unreadableTime', column: 'timestamp', line: 4 });
  });

  it('a split column without validation rows gets them from training', async () => {
    const { dataset, warnings } = await importWith(
      csv(plainLog({ more: { split: (row) => (row < 150 ? 'train' : 'test') } })),
    );
    expect(codes(warnings)).toContain('validationFromTraining');
    expect(dataset.split.filter((s) => s === SPLIT.validation).length).toBe(15);
    expect([...dataset.split.slice(135, 150)].every((s) => s === SPLIT.validation)).toBe(true);
  });

  it('text in a numeric column counts as no value, with the first line', async () => {
    const rows = plainLog({ more: { price: (row) => (row === 40 ? 'free' : row * 1.5) } });
    const { warnings } = await importWith(csv(rows));
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'unreadableNumber', column: 'price', line: 42 }),
    );
  });

  it('a column of values that never come again', async () => {
    const rows = plainLog({ more: { coupon: (row) => `c${row}` } });
    expect(await warned(csv(rows), (m) => set(m, 'coupon', { role: 'context' }))).toContainEqual(
      expect.objectContaining({ code: 'allRare', column: 'coupon' }),
    );
  });
});

describe('times', () => {
  it.each([
    ['seconds', (row: number) => 1_600_000_000 + row * 3600],
    ['milliseconds', (row: number) => (1_600_000_000 + row * 3600) * 1000],
    ['microseconds', (row: number) => (1_600_000_000 + row * 3600) * 1e6],
    ['date', (row: number) => new Date((1_600_000_000 + row * 3600) * 1000).toISOString()],
    [
      'date',
      (row: number) =>
        new Date((1_600_000_000 + row * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' '),
    ],
    ['yyyymmdd', (row: number) => 20200913 + Math.floor(row / 24)],
  ])('in %s are recognised and become seconds', async (unit, time) => {
    const rows = plainLog({ without: ['timestamp'], more: { time } });
    const { dataset, mapping } = await importWith(csv(rows));
    expect(mapping.time.unit).toBe(unit);
    const day = unit === 'yyyymmdd';
    expect(dataset.timestamp![0]).toBe(day ? Date.UTC(2020, 8, 13) / 1000 : 1_600_000_000);
    expect(dataset.timestamp![48]).toBe(day ? Date.UTC(2020, 8, 15) / 1000 : 1_600_000_000 + 48 * 3600);
  });

  it('in bins order rows, but are no seconds', async () => {
    const { dataset, mapping } = await importWith(
      csv(plainLog({ without: ['timestamp'], more: { time_bin: (row) => Math.floor(row / 10) } })),
    );
    expect(mapping.time.unit).toBe('bins');
    expect(dataset.timestamp).toBeNull();
    expect([...dataset.split.slice(180)].every((s) => s === SPLIT.test)).toBe(true);
  });
});

describe('cancelling and progress', () => {
  it('a build tells its share and stops when cancelled', async () => {
    const bytes = csv(plainLog());
    const seen: number[] = [];
    await importWith(bytes, undefined, {
      onProgress: (p) => p.phase === 'building' && seen.push(p.fraction),
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    const controller = new AbortController();
    const { mapping } = await inspectFile(bytes);
    const building = buildDataset(bytes, mapping, {
      signal: controller.signal,
      onProgress: (p) => p.phase === 'building' && controller.abort(new Error('enough')),
    });
    await expect(building).rejects.toThrow('enough');
  });

  it('a Blob is read like bytes', async () => {
    const bytes = csv(plainLog());
    const blob = new Blob([bytes.slice().buffer]);
    const { mapping } = await inspectFile(blob, { name: 'test.csv' });
    const a = await buildDataset(blob, mapping);
    const b = await buildDataset(bytes, mapping);
    expect(a.dataset.fingerprint).toBe(b.dataset.fingerprint);
    expect(utf8('x').length).toBe(1);
  });
});
