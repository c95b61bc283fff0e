import { expect, it } from 'vitest';
import { compareVotes, voteRows } from './votes';

const votes = { rows: 2, columns: 2, values: Float32Array.of(0.5, 0.2, 0.4, 0.9), defined: null };

it('compares votes with the truth off the diagonal only', () => {
  const { error, bias } = compareVotes(votes, Float32Array.of(0, 0.1, 0.1, 0));
  expect(error).toBeCloseTo(Math.sqrt((0.01 + 0.09) / 2), 6);
  expect(bias).toBeCloseTo(0.2, 6);
});

it('says undefined without truth or without a defined cell', () => {
  expect(compareVotes(votes, null)).toEqual({ error: null, bias: null });
  expect(compareVotes({ ...votes, defined: new Uint8Array(4) }, new Float32Array(4))).toEqual({
    error: null,
    bias: null,
  });
});

it('subtracts the truth cell by cell', () => {});

it('the table has a row a pair, row by row; its beginning is that of the whole', () => {
  const votes = {
    rows: 2,
    columns: 2,
    values: Float32Array.of(0.5, 0.25, 0.75, 1),
    defined: Uint8Array.of(1, 1, 0, 1),
  };
  const truth = Float32Array.of(0.25, 0.25, 0.5, 0.5);
  const labels = [{ label: 'a' }, { label: 'b' }];
  const all = voteRows(votes, truth, labels);
  expect(all).toEqual([
    ['a', 'a', 0.5, 0.25, 0.25],
    ['a', 'b', 0.25, 0.25, 0],
    ['b', 'a', null, 0.5, null],
    ['b', 'b', 1, 0.5, 0.5],
  ]);
  expect(voteRows(votes, truth, labels, 3)).toEqual(all.slice(0, 3));
  expect(voteRows(votes, null, labels)[0]).toEqual(['a', 'a', 0.5, null, null]);
});
