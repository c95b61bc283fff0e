import { describe, expect, it } from 'vitest';
import { buildDataset } from './build';
import { inspectFile } from './inspect';
import { checkRoles, type Mapping } from './mapping';
import { codes, csv, failWith, importError, plainLog, set } from './testing';

describe('what ends an import', () => {
  it('no label in sight: nothing is proposed, and the inspection says so', async () => {
    const inspection = await inspectFile(csv(plainLog({ without: ['label'] })));
    expect(inspection.mapping).toBeNull();
    expect(codes(inspection.warnings)).toContain('noLabel');
    expect(inspection.draft).toMatchObject({ userId: 'user_id', itemId: 'item_id' });
    const error = await importError(async () => checkRoles(inspection.draft));
    expect(error.code).toBe('noLabel');
  });

  it('no label in the mapping', async () => {
    const error = await failWith(csv(plainLog()), (m) => set(m, 'label', { role: 'ignore' }));
    expect(error.code).toBe('noLabel');
  });

  it('a label column without labels', async () => {
    const error = await failWith(csv(plainLog()), (m) => {
      set(m, 'label', { role: 'ignore' });
      set(m, 'user_id', { role: 'label' });
      m.userId = null;
    });
    expect(error).toMatchObject({ code: 'labelNotBinary', column: 'user_id' });
  });

  it.each([
    ['0', 0, 'negative'],
    ['1', 1, 'positive'],
  ])('labels that are all %s', async (_, label, word) => {
    const error = await failWith(csv(plainLog({ label: () => label })));
    expect(error).toMatchObject({ code: 'oneClass', column: 'label' });
    expect(error.sentence).toContain(word);
  });

  it('training rows of one class', async () => {
    const error = await failWith(csv(plainLog({ label: (row) => (row < 190 ? 0 : 1) })));
    expect(error).toMatchObject({ code: 'oneClass', column: 'label' });
  });

  it('a column that is not there', async () => {
    const { mapping } = await inspectFile(csv(plainLog({ more: { brand: (row) => row % 3 } })));
    const error = await importError(() => buildDataset(csv(plainLog()), mapping));
    expect(error).toMatchObject({ code: 'missingColumn', column: 'brand' });
  });

  it('a time that is none, with the line', async () => {
    const rows = plainLog({ more: { place: (row) => `p${row % 4}` } });
    const error = await failWith(csv(rows), (m) => {
      set(m, 'timestamp', { role: 'ignore' });
      set(m, 'place', { role: 'time' });
    });
    expect(error).toMatchObject({ code: 'unreadableTime', column: 'place', line: 2 });
  });

  it('a split column that names no split', async () => {
    const error = await failWith(
      csv(plainLog({ more: { colour: (row) => (row % 2 ? 'red' : 'blue') } })),
      (m) => set(m, 'colour', { role: 'split' }),
    );
    expect(error).toMatchObject({ code: 'unreadableSplit', column: 'colour' });
  });

  it('nothing to predict from', async () => {
    const error = await failWith(csv(plainLog()), (m) => {
      set(m, 'user_id', { role: 'ignore' });
      set(m, 'item_id', { role: 'ignore' });
    });
    expect(error.code).toBe('noFields');
  });

  it.each([
    ['two labels', (m: Mapping) => set(m, 'domain', { role: 'label' }), 'label'],
    ['an id of another role', (m: Mapping) => set(m, 'user_id', { role: 'item' }), 'user_id'],
    ['a history without a sequence', (m: Mapping) => (m.history.from = 'sequence'), null],
    ['a split by a column that is not there', (m: Mapping) => (m.split.by = 'column'), null],
    [
      'evaluation shares that leave nothing',
      (m: Mapping) => Object.assign(m.split, { validation: 0.5, test: 0.6 }),
      null,
    ],
  ])('a mapping with %s', async (_, change, column) => {
    const error = await failWith(csv(plainLog()), change);
    expect(error).toMatchObject({ code: 'badMapping', column });
  });

  it.each([
    [{}, 'version'],
    [{ version: 1, title: 'x', columns: [{ column: 'a', role: 'colour' }] }, 'columns.0.role'],
    [{ version: 1, title: 'x', columns: [{ column: 'a', role: 'label' }], rareBelow: 0 }, 'rareBelow'],
    [{ version: 1, title: 'x', columns: [{ column: 'a', role: 'label' }], colour: 1 }, 'colour'],
  ])('a mapping file that is none: %j', async (mapping, where) => {
    const error = await importError(() => buildDataset(csv(plainLog()), mapping));
    expect(error.code).toBe('badMapping');
    expect(error.sentence).toContain(where);
  });
});
