import { describe, expect, it } from 'vitest';
import { mappingSchema } from '../../../data/import/mapping';
import { mappingProblem, setRole, setSide, setUse } from './mappingEdits';

const mapping = mappingSchema.parse({
  version: 1,
  title: 't',
  userId: 'u',
  columns: [
    { column: 'u', role: 'user' },
    { column: 'click', role: 'label' },
    { column: 'tab', role: 'scenario' },
    { column: 'x', role: 'context' },
  ],
});

describe('a mapping', () => {
  it('has one label: a new one takes the role from the old', () => {
    const next = setRole(mapping, 'x', 'label');
    expect(next.columns.map(({ role }) => role)).toEqual(['user', 'ignore', 'scenario', 'label']);
    expect(mappingProblem(next)).toBeNull();
  });

  it('says in one sentence what is missing', () => {
    expect(mappingProblem(setRole(mapping, 'click', 'ignore'))).toMatch(/No column is the label/);
  });

  it('forgets an id whose column is no longer the user’s', () => {
    expect(setRole(mapping, 'u', 'item').userId).toBeNull();
    expect(setRole(mapping, 'x', 'item').userId).toBe('u');
  });

  it('asks whose a number is', () => {
    const next = setSide(setRole(mapping, 'x', 'numeric'), 'x', 'item');
    expect(next.columns[3]).toMatchObject({ role: 'numeric', side: 'item' });
    expect(setRole(next, 'x', 'context').columns[3]).not.toHaveProperty('side');
  });

  it('uses a list by its length until told otherwise, and forgets the use with the role', () => {
    const list = setRole(mapping, 'x', 'sequence');
    expect(list.columns[3]).toMatchObject({ role: 'sequence', use: 'length' });
    const history = setUse(list, 'x', 'history');
    expect(history.columns[3]).toMatchObject({ role: 'sequence', use: 'history' });
    expect(setRole(history, 'x', 'item').columns[3]).not.toHaveProperty('use');
  });
});
