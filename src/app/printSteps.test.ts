import { afterEach, expect, it, vi } from 'vitest';
import { lineOf, printSteps } from './printSteps';
import type { RunActions } from './store/runActions';
import type { TimedKernel } from '../engine';

const operation: TimedKernel = {
  kernel: 'MatMul',
  inputs: { a: [64, 8], b: [8, 1] },
  output: [[64, 1]],
  dispatched: true,
  milliseconds: 0.123456,
};

afterEach(() => vi.restoreAllMocks());

it('an operation is a line with its shapes and milliseconds', () => {
  expect(lineOf(operation)).toEqual({
    operation: 'MatMul',
    inputs: 'a [64, 8], b [8, 1]',
    output: '[64, 1]',
    ms: 0.123,
    computes: true,
  });
});

it('asks for one step of every run, once it has taken a step, and prints it', async () => {
  const table = vi.spyOn(console, 'table').mockImplementation(() => undefined);
  const info = vi.spyOn(console, 'info').mockImplementation(() => undefined);
  let view = { id: null as string | null, name: 'MMoE', state: 'compiling', step: 0 };
  let tell: () => void = () => undefined;
  const client = {
    traceStep: vi.fn(async () => [operation, { ...operation, kernel: 'Reshape', dispatched: false }]),
  };
  const current = {
    view: () => view,
    subscribe: (listener: () => void) => {
      tell = listener;
      return () => undefined;
    },
  };
  printSteps({ client, current } as unknown as RunActions);
  for (const next of [
    { id: 'a' },
    { step: 1, state: 'training' },
    { step: 9 },
    { id: 'b', step: 0, state: 'compiling' },
    { step: 1, state: 'training' },
    { id: 'kept', state: 'done' },
  ]) {
    view = { ...view, ...next };
    tell();
  }
  expect(client.traceStep).toHaveBeenCalledTimes(2);
  await vi.waitFor(() => expect(table).toHaveBeenCalledTimes(2));
  expect(table.mock.calls[0]![0]).toHaveLength(2);
  expect(info).toHaveBeenCalledWith('One step of MMoE: 1 operations compute, 0.12 ms in all.');
});
