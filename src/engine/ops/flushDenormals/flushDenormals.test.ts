import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type BackendName } from '../..';
import { FLUSH_EVERY, flushDenormals } from '.';

const SMALLEST = 2 ** -110;

describe.each<BackendName>(['cpu', 'wasm'])('flushing on %s', (backend) => {
  beforeAll(async () => {
    expect((await openBackend(backend)).name).toBe(backend);
  });

  it('zeroes what is next to zero in its columns of both rows, and nothing else', () => {
    const value = fc.oneof(
      fc.float({ noDefaultInfinity: true }),
      fc.constantFrom(NaN, 0, SMALLEST, -SMALLEST, SMALLEST / 2, -SMALLEST / 2, 2 ** -149, 1e-40, 0.25),
    );
    const given = fc.integer({ min: 1, max: 40 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        at: fc.integer({ min: 0, max: n - 1 }),
        values: fc.array(value, { minLength: 2 * n, maxLength: 2 * n }),
        until: fc.integer({ min: 1, max: n }),
      }),
    );
    fc.assert(
      fc.property(given, ({ n, at, values, until }) => {
        const before = Float32Array.from(values);
        const moments = tf.tensor2d(before.slice(), [2, n]);
        const count = Math.max(0, until - at);
        flushDenormals(moments, { at, count });
        const expected = before.map((x, i) => {
          const column = i % n;
          const within = column >= at && column < at + count;
          return within && Math.abs(x) < SMALLEST ? 0 : x;
        });
        // NaN equals NaN here; a sign of zero is left where the value was zero.
        expect([...moments.dataSync()].map((x) => x + 0)).toEqual([...expected].map((x) => x + 0));
        moments.dispose();
      }),
    );
  });

  it('comes often enough: what it leaves is no denormal number before it comes again', () => {
    expect(SMALLEST * 0.9 ** FLUSH_EVERY).toBeGreaterThan(2 ** -126);
  });
});
