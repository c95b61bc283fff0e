import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { SPLIT, type Field } from '../../data/dataset';
import { bySeveralScenarios } from './severalScenarios';

const field = (name: string): Field => ({
  name,
  role: 'user',
  size: 9,
  offset: 0,
  scenarioSpecific: false,
  meaning: '',
});

const row = fc.record({
  person: fc.nat(4),
  scenario: fc.nat(2),
  split: fc.constantFrom(SPLIT.train, SPLIT.test),
});

test('a person counts whose training rows have two scenarios, wherever else the person was', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (drawn) => {
      const data = {
        fields: [field('user_id')],
        columns: [Int32Array.from(drawn, ({ person }) => person)],
        scenario: Int16Array.from(drawn, ({ scenario }) => scenario),
        split: Uint8Array.from(drawn, ({ split }) => split),
      };
      const found = bySeveralScenarios(
        data,
        Int32Array.from(drawn, (_, k) => k),
      );
      drawn.forEach(({ person }, k) => {
        const seen = drawn.filter((one) => one.person === person && one.split === SPLIT.train);
        expect(found![k]).toBe(new Set(seen.map(({ scenario }) => scenario)).size > 1 ? 1 : 0);
      });
    }),
  );
});

it('says nothing where people have no names', () => {
  const data = { fields: [field('age')], columns: [new Int32Array(1)] };
  expect(
    bySeveralScenarios({ ...data, scenario: new Int16Array(1), split: new Uint8Array(1) }, Int32Array.of(0)),
  ).toBeNull();
});
