// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useLatest } from './useLatest';

const start: { readonly key: string | null } = { key: 'a' };

function asked() {
  const waiting: { key: string; resolve: (value: string) => void; reject: (reason: Error) => void }[] = [];
  const hook = renderHook(
    ({ key }: { key: string | null }) =>
      useLatest(
        key,
        () => new Promise<string>((resolve, reject) => waiting.push({ key: key ?? '', resolve, reject })),
      ),
    { initialProps: start },
  );
  return { waiting, ...hook };
}

it('asks one thing at a time, and of what waited only the last', async () => {
  const { waiting, result, rerender } = asked();
  rerender({ key: 'b' });
  rerender({ key: 'c' });
  expect(waiting.map(({ key }) => key)).toEqual(['a']);
  expect(result.current).toEqual({ value: null, failure: null, current: false });
  await act(async () => waiting[0]!.resolve('A'));
  expect(waiting.map(({ key }) => key)).toEqual(['a', 'c']);
  expect(result.current).toEqual({ value: 'A', failure: null, current: false });
  await act(async () => waiting[1]!.resolve('C'));
  expect(result.current).toEqual({ value: 'C', failure: null, current: true });
  expect(waiting).toHaveLength(2);
});

it('tells of a failure while its question is the present one', async () => {
  const { waiting, result, rerender } = asked();
  await act(async () => waiting[0]!.reject(new Error('No such world.')));
  expect(result.current).toEqual({ value: null, failure: 'No such world.', current: true });
  rerender({ key: 'b' });
  expect(result.current.failure).toBeNull();
  await act(async () => waiting[1]!.resolve('B'));
  expect(result.current).toEqual({ value: 'B', failure: null, current: true });
});

it('asks nothing without a question', () => {
  const { waiting, rerender } = asked();
  rerender({ key: null });
  expect(waiting.map(({ key }) => key)).toEqual(['a']);
});
