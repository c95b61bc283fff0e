import { describe, expect, it } from 'vitest';
import { scoredCsv } from './scoredCsv';

describe('scored rows as a file', () => {
  it('give a column with several values a row as many names', () => {
    const text = scoredCsv({
      split: 'test',
      rows: Int32Array.of(7, 9),
      scenario: Int16Array.of(0, 1),
      label: Float32Array.of(1, 0),
      weight: Float32Array.of(1, 2),
      truth: null,
      score: Float32Array.of(0.5, -0.5),
      probability: Float32Array.of(0.75, 0.25),
      columns: { gate: Float32Array.of(0.5, 1), vote: Float32Array.of(0.125, 0.25, 0.5, 1) },
    });
    expect(text).toBe(
      'row,scenario,label,weight,truth,score,probability,gate,vote_0,vote_1\n' +
        '7,0,1,1,,0.5,0.75,0.5,0.125,0.25\n' +
        '9,1,0,2,,-0.5,0.25,1,0.5,1\n',
    );
  });
});
