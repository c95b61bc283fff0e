import { expect, it } from 'vitest';
import { formatSpread, significanceStars } from './format';

it('significance is marked in the usual way', () => {
  expect([null, 0.2, 0.04, 0.009, 0.0005].map(significanceStars)).toEqual(['', '', '*', '**', '***']);
});

it('a mean stands with its deviation, or alone', () => {
  expect(formatSpread({ mean: 0.61954, deviation: 0.00121 })).toBe('0.6195 ± 0.0012');
  expect(formatSpread({ mean: 0.61954, deviation: null })).toBe('0.6195');
  expect(formatSpread(null)).toBe('undefined');
});
