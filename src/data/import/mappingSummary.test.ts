import { describe, expect, it } from 'vitest';
import { importRoles, mappingSchema, type Mapping } from './mapping';
import { columnSentence, mappingSentences, roleChoices, useChoices } from './mappingSummary';

const mapping = (change: object = {}): Mapping =>
  mappingSchema.parse({
    version: 1,
    title: 'x',
    columns: [
      { column: 'u', role: 'user' },
      { column: 'i', role: 'item' },
      { column: 'd', role: 'scenario' },
      { column: 'y', role: 'label' },
      { column: 't', role: 'time' },
      { column: 'p', role: 'numeric', side: 'item' },
      { column: 'g', role: 'item', first: true },
      { column: 'z', role: 'ignore' },
    ],
    userId: 'u',
    itemId: 'i',
    ...change,
  });

describe('a mapping in words', () => {
  it('every role and every use of a list has a title and one sentence', () => {
    expect(roleChoices.map((choice) => choice.value)).toEqual([...importRoles]);
    for (const { title, sentence } of [...roleChoices, ...useChoices]) {
      expect(title).not.toBe('');
      expect(sentence).toMatch(/^[A-Z][^.]*\.$/);
    }
  });

  it('says what is predicted, between what, and how rows are split', () => {
    expect(mappingSentences(mapping({ label: { threshold: 4, positive: null } }))).toEqual([
      'Predicts “y” (positive from 4 on).',
      'Scenarios come from “d”.',
      'By “t”, the latest 10 % of the rows are the test and the 10 % before them the validation.',
      'Histories are the last 20 positives of the same user before each row.',
      '4 of 8 columns are read as features; 1 are ignored.',
    ]);
    const random = mappingSentences(
      mapping({ split: { by: 'random', test: 0.05 }, history: { from: 'none' } }),
    );
    expect(random[2]).toBe('Rows are split at random (seed 1): 10 % for validation, 5 % for test.');
    expect(random.length).toBe(4);
  });

  it('says what each column becomes', () => {
    const own = mapping();
    expect(own.columns.map((column) => columnSentence(column, own))).toEqual([
      'The user’s id.',
      'The item’s id.',
      expect.stringContaining('share between'),
      expect.stringContaining('predicted'),
      expect.stringContaining('latest rows'),
      'A number of the item, in at most 16 buckets.',
      'A category of the item, the first entry of its list; values in fewer than 2 training rows count as “other”.',
      'Not used.',
    ]);
  });
});
