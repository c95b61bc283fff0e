// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { defaultSetup } from '../../../training/setup';
import { rememberSweep, useSweepWork } from './sweepMemory';

const setup = { ...defaultSetup(), model: 'mscan', settings: { alpha: 0.1, saca: 'co' } };
const grid = { of: 'a run', alphas: [0.1], cs: [0], values: new Float32Array([0.6]) };

it('what was typed and scored goes with the runs of a sweep, and with no other', () => {
  const { result, rerender } = renderHook(({ of }) => useSweepWork(of), { initialProps: { of: setup } });
  const untouched = result.current;
  expect(untouched.grid).toBeNull();
  act(() => rememberSweep(setup, { text: '0, 2' }));
  act(() => rememberSweep({ ...setup, settings: { ...setup.settings, alpha: 2 } }, { grid }));
  expect(result.current).toEqual({ text: '0, 2', grid });
  rerender({ of: { ...setup, seed: setup.seed + 1 } });
  expect(result.current).toEqual(untouched);
  act(() => rememberSweep({ ...setup, seed: setup.seed + 1 }, { text: '5' }));
  expect(result.current).toEqual({ text: '5', grid: null });
});
