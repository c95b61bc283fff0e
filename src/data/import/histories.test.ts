import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../dataset';
import { codes, csv, importWith, plainLog } from './testing';

/** Behaviours of one row as names of items. */
function behaviours(dataset: Dataset, row: number): string[] {
  const history = dataset.history!;
  const field = dataset.fields[history.itemFields[0]!]!;
  return Array.from({ length: history.lengths[row]! }, (_, k) => {
    const id = history.ids[(row * history.length + k) * history.itemFields.length]!;
    return field.labels![id]!;
  });
}

describe('histories out of list columns', () => {
  const rows = plainLog({
    items: 9,
    without: ['timestamp'],
    more: {
      item_id: (row) => `N${row % 9}`,
      clicked_seq: (row) =>
        `[${Array.from({ length: row % 6 }, (_, k) => `'N${(row + k) % 9}'`).join(', ')}]`,
      neg_seq: (row) => (row % 2 ? '[]' : "['N1', 'N2']"),
    },
  });

  it('are the last behaviours, oldest first, in the item’s own vocabulary', async () => {
    const { dataset, mapping } = await importWith(csv(rows), (m) => (m.history.length = 3));
    expect(mapping.columns.find((c) => c.column === 'clicked_seq')!.use).toBe('history');
    const history = dataset.history!;
    expect(dataset.fields[history.itemFields[0]!]!.name).toBe('item_id');
    expect(behaviours(dataset, 5)).toEqual(['N7', 'N8', 'N0']);
    expect(behaviours(dataset, 1)).toEqual(['N1']);
    expect(history.lengths[6]).toBe(0);
    expect([...history.scenario].every((s) => s === -1)).toBe(true);
    expect([...history.age].every((age) => age === 0)).toBe(true);
  });

  it('of the other lists the lengths stay, as a field of the user', async () => {
    const { dataset } = await importWith(csv(rows));
    expect(dataset.fields.map((f) => f.name)).not.toContain('clicked_seq');
    const negative = dataset.fields.find((f) => f.name === 'neg_seq')!;
    expect(negative.role).toBe('user');
    expect(negative.size).toBe(3);
  });

  it('items that only training histories hold have embeddings; those of evaluation histories alone have none', async () => {
    const named = plainLog({
      items: 9,
      more: { hist_seq: (row) => (row < 150 ? '[5, 777]' : row < 190 ? '[5]' : '[5, 888]') },
    });
    const { dataset } = await importWith(csv(named), (m) => {
      Object.assign(
        m.columns.find((c) => c.column === 'hist_seq')!,
        { role: 'sequence', use: 'history' },
      );
    });
    const labels = dataset.fields.find((f) => f.name === 'item_id')!.labels!;
    expect(labels).toContain('777');
    expect(labels).not.toContain('888');
    expect(behaviours(dataset, 195)).toEqual(['5', 'other']);
  });

  it('may be told scenario and time by lists that stand beside them', async () => {
    const log = plainLog({
      items: 9,
      more: {
        history_item_id: (row) => (row % 3 ? '[1, 2]' : '[3]'),
        history_scenario: (row) => (row % 3 ? '[0, 2]' : '[7]'),
        history_timestamp: (row) =>
          row % 3 ? `[${1_600_000_000 - 7200}, ${1_600_000_000 - 3600}]` : `[${1_600_000_000}]`,
      },
    });
    const { dataset, mapping } = await importWith(csv(log));
    expect(mapping.columns.filter((c) => c.role === 'sequence').map((c) => c.use)).toEqual([
      'history',
      'historyScenario',
      'historyTime',
    ]);
    const { length, scenario, age } = dataset.history!;
    expect([...scenario.slice(length, length + 2)]).toEqual([0, 2]);
    expect(scenario[0]).toBe(-1);
    expect(age[length]).toBeCloseTo(2 + 1 / 60, 5);
    expect(age[length + 1]).toBeCloseTo(1 + 1 / 60, 5);
    expect(dataset.fields.map((f) => f.name)).toEqual(['user_id', 'item_id', 'domain']);
  });
});

describe('the scenario of listed behaviours that no list tells', () => {
  /** 20 items; `scenarioOf` says where a row of an item happens. */
  const log = (scenarioOf: (item: number, row: number) => string) =>
    csv(
      plainLog({
        more: {
          item_id: (row) => `N${row % 20}`,
          domain: (row) => scenarioOf(row % 20, row),
          clicked_seq: (row) => `['N${(row + 1) % 20}', 'N${(row + 3) % 20}', 'N99']`,
        },
      }),
    );

  it('is the item’s, where items stay in one scenario; an item that training rows lack has none', async () => {
    const { dataset, warnings } = await importWith(log((item) => (item < 8 ? 'film' : 'book')));
    const { scenario, length } = dataset.history!;
    const name = (at: number) => (scenario[at]! < 0 ? null : dataset.scenarios[scenario[at]!]!.id);
    for (const row of [0, 4, 7, 19]) {
      const wanted = [1, 3].map((ahead) => ((row + ahead) % 20 < 8 ? 'film' : 'book'));
      expect([0, 1, 2].map((k) => name(row * length + k))).toEqual([...wanted, null]);
    }
    const told = warnings.find(({ code }) => code === 'history')!;
    expect(told.sentence).toMatch(/counts in its item’s: known for 400 of 600 behaviours/);
  });

  it('stays unknown where items wander, and it is said which column would help', async () => {
    const { dataset, warnings } = await importWith(log((_, row) => `s${row % 3}`));
    expect([...dataset.history!.scenario].every((s) => s === -1)).toBe(true);
    const told = warnings.find(({ code }) => code === 'history')!;
    expect(told.sentence).toMatch(/none counts as one of the row’s own.*a list column of scenarios/);
  });
});

describe('histories out of the log', () => {
  it('are the last positives of the same user at strictly earlier times, with scenario and age', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            user: fc.nat(3),
            item: fc.nat(4),
            scenario: fc.nat(2),
            label: fc.nat(1),
            time: fc.nat(15),
          }),
          {
            minLength: 30,
            maxLength: 60,
          },
        ),
        async (log) => {
          const rows = log.map((r, i) => ({ ...r, label: i < 2 ? i : r.label, time: i < 2 ? 0 : r.time }));
          const start = 1_600_000_000;
          const bytes = csv([
            ['user_id', 'item_id', 'domain', 'label', 'timestamp'],
            ...rows.map((r) => [
              `u${r.user}`,
              `i${r.item}`,
              `s${r.scenario}`,
              r.label,
              start + r.time * 1800,
            ]),
          ]);
          const { dataset } = await importWith(bytes, (m) => {
            m.history = { from: 'log', length: 3 };
            m.rareBelow = 1;
            m.leaks = 'keep';
            m.split.validation = 0.05;
            m.split.test = 0.05;
          });
          const history = dataset.history!;
          rows.forEach((own, row) => {
            const past = rows
              .map((r, i) => ({ ...r, i }))
              .filter((r) => r.user === own.user && r.label === 1 && r.time < own.time)
              .sort((a, b) => a.time - b.time || a.i - b.i)
              .slice(-3);
            expect(history.lengths[row]).toBe(past.length);
            past.forEach((r, k) => {
              const at = row * history.length + k;
              expect(dataset.scenarios[history.scenario[at]!]!.id).toBe(`s${r.scenario}`);
              expect(history.age[at]).toBeCloseTo((own.time - r.time) / 2, 5);
              expect(history.ids[at * history.itemFields.length]).toBe(
                dataset.columns[history.itemFields[0]!]![r.i],
              );
            });
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('show nothing of evaluation rows where the split does not follow time', async () => {
    const { dataset } = await importWith(csv(plainLog({ rows: 400 })), (m) => {
      m.split.by = 'random';
      m.history.length = 255;
    });
    const history = dataset.history!;
    const user = dataset.columns[dataset.fields.findIndex((f) => f.name === 'user_id')]!;
    for (let row = 0; row < 400; row++) {
      let earlier = 0;
      for (let other = 0; other < row; other++) {
        if (user[other] === user[row] && dataset.label[other] === 1 && dataset.split[other] === 0) earlier++;
      }
      expect(history.lengths[row]).toBe(earlier);
    }
  });

  it('are not made where no order is known, or where they are not wanted', async () => {
    const none = await importWith(csv(plainLog({ without: ['timestamp'] })));
    expect(none.dataset.history).toBeNull();
    const unwanted = await importWith(csv(plainLog()), (m) => (m.history.from = 'none'));
    expect(unwanted.dataset.history).toBeNull();
    expect(codes(unwanted.warnings)).not.toContain('history');
  });
});
