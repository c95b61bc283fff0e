/** A long run must not hold more and more: models that stand for all, each trained its own way (`runLengths` says how long). */
import { describe, expect, it } from 'vitest';
import { runLengths } from '../../tests/support/chosenModels';
import { longRun } from '../../tests/support/longRun';
import { openBackend } from '../engine';
import type { RunLength } from '../../tests/support/chosenModels';

function declare(model: string, { steps: total, every, warm: from }: RunLength, name: 'wasm' | 'cpu'): void {
  it(`${model} on ${name} holds after ${total} steps what it held after ${from}`, async () => {
    const backend = await openBackend(name);
    expect(backend.name).toBe(name);
    const { before, readings, after, steps, own } = await longRun(model, backend, total, every);
    expect(steps).toBe(total);
    if (own) expect(own.seen, own.kind).toBeGreaterThanOrEqual(own.least);
    const [warm, ...later] = readings.filter(({ step }) => step >= from);
    expect(warm!.tensors).toBeGreaterThan(before.tensors);
    expect(later.at(-1)?.step).toBe(total);
    for (const now of later) expect(now).toEqual({ ...warm!, step: now.step });
    expect(after.tensors).toBe(before.tensors);
    expect(after.known).toBe(before.known);
  });
}

describe('a long run', () => {
  const lengths = runLengths();
  for (const [id, length] of lengths) declare(id, length, 'wasm');
  // The library's own memory is the same code on every backend: one model shows that ours on this one keeps to it.
  declare(...(lengths.find(([id]) => id === 'ple') ?? lengths[0]!), 'cpu');
});
