import { afterEach, expect, it, vi } from 'vitest';
import { NEWS_MS, sentence, useNotices } from './notices';

it.each([
  ['an error of the lab', new Error('The seed must be a whole number.'), 'The seed must be a whole number.'],
  ['a range', new RangeError('There is no twin “x”; choose one.'), 'There is no twin “x”; choose one.'],
  [
    'full storage',
    new DOMException('Encountered full disk', 'QuotaExceededError'),
    expect.stringMatching(/full; delete runs/),
  ],
  [
    'a file that moved',
    new DOMException('lost', 'NotReadableError'),
    expect.stringMatching(/choose it again/),
  ],
  // As one comes from a worker: a plain error with a name.
  [
    'a name from afar',
    Object.assign(new Error('lost'), { name: 'NotFoundError' }),
    expect.stringMatching(/choose it again/),
  ],
  [
    'a mistake in the page',
    new TypeError('x is undefined'),
    expect.stringMatching(/^Something in the page failed \(x is undefined\); reload it/),
  ],
  ['several lines', new Error('First.\n    at second'), 'First.'],
  ['nothing', new Error(''), expect.stringMatching(/reload the page/)],
  ['what is no error', 17, expect.stringMatching(/reload the page/)],
  ['a name of every object', Object.assign(new Error('Said.'), { name: 'toString' }), 'Said.'],
])('%s is one sentence that says what to do', (_what, error, expected) => {
  expect(sentence(error)).toEqual(expected);
});

it('no sentence is longer than can be read', () => {
  expect(sentence(new Error('word '.repeat(500)))).toHaveLength(400);
});

afterEach(() => {
  vi.useRealTimers();
  useNotices.setState({ list: [] });
});

it('news goes by itself; an error stays until the next run or until it is put away', () => {
  vi.useFakeTimers();
  const { tell, dismiss, dismissErrors } = useNotices.getState();
  const told = () => useNotices.getState().list.map(({ text }) => text);
  tell('news', 'Kept.');
  tell('error', 'The seed must be a whole number.');
  tell('error', 'The seed must be a whole number.');
  expect(told()).toEqual(['Kept.', 'The seed must be a whole number.']);
  vi.advanceTimersByTime(NEWS_MS);
  expect(told()).toEqual(['The seed must be a whole number.']);
  vi.advanceTimersByTime(100 * NEWS_MS);
  expect(told()).toEqual(['The seed must be a whole number.']);
  tell('news', 'Renamed.');
  dismissErrors();
  expect(told()).toEqual(['Renamed.']);
  tell('error', 'Again.');
  dismiss(useNotices.getState().list.at(-1)!.id);
  expect(told()).toEqual(['Renamed.']);
});
