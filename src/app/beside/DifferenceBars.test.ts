import { expect, it } from 'vitest';
import { largest } from './DifferenceBars';

const bar = (id: string, value: number | null, summary = false) => ({
  id,
  name: id,
  colour: 'black',
  value,
  summary,
});

it('of more bars than fit those that differ most are drawn, in their own order, and every mean', () => {
  const bars = [bar('a', 0.01), bar('b', -0.03), bar('c', null), bar('d', 0.02), bar('mean', 0.001, true)];
  expect(largest(bars, 2).map(({ id }) => id)).toEqual(['b', 'd', 'mean']);
  expect(largest(bars, 4)).toBe(bars);
});
