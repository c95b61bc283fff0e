/** A long run must not hold more and more: every registered model, trained its own way, over a thousand steps. */
import { describe, expect, it } from 'vitest';
import { longRun } from '../../tests/support/longRun';
import { openBackend } from '../engine';
import { models } from '../models/registry';

const STEPS = 1000;
/** Early and best evaluations have taken their memory by here; so has each procedure's first phase of its own. */
const WARM = 200;
/** Seconds on a quiet machine; a busy one must not turn it into a failure. */
const PATIENCE = 240_000;

function declare(model: string, name: 'wasm' | 'cpu'): void {
  it(
    `${model} on ${name} holds after ${STEPS} steps what it held after ${WARM}`,
    async () => {
      const backend = await openBackend(name);
      expect(backend.name).toBe(name);
      const { before, readings, after, steps, own } = await longRun(model, backend, STEPS, 100);
      expect(steps).toBe(STEPS);
      if (own) expect(own.seen, own.kind).toBeGreaterThanOrEqual(own.least);
      const [warm, ...later] = readings.filter(({ step }) => step >= WARM);
      expect(warm!.tensors).toBeGreaterThan(before.tensors);
      expect(later.at(-1)?.step).toBe(STEPS);
      for (const now of later) expect(now).toEqual({ ...warm!, step: now.step });
      expect(after.tensors).toBe(before.tensors);
      expect(after.known).toBe(before.known);
    },
    PATIENCE,
  );
}

describe('a thousand steps', () => {
  for (const { id } of models) declare(id, 'wasm');
  // The library's own memory is the same code on every backend: one model shows that ours on this one keeps to it.
  declare('mmoe', 'cpu');
});
