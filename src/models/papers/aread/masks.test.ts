import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  edgeLabels,
  expertUse,
  layoutFromLabels,
  maskDensity,
  maskOverlap,
  randomOverlap,
} from './maskReading';
import {
  activeExperts,
  activeHeads,
  edgeCount,
  edgeScale,
  initialMask,
  maskLayout,
  onesMask,
  pruneCounts,
  pruneMask,
  topMask,
  validateMask,
} from './masks';
import type { MaskLayout } from './masks';

const layouts = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 4 }))
  .map(([first, layers]) => maskLayout(Array.from({ length: layers }, (_, l) => first * 2 ** l)));

const withMask = layouts.chain((layout) =>
  fc.tuple(
    fc.constant(layout),
    fc.array(fc.integer({ min: 0, max: 1 }), { minLength: layout.edges, maxLength: layout.edges }),
  ),
);
const gatesOf = (layout: MaskLayout) =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: layout.edges, maxLength: layout.edges });

/** Another way to the same end: remove edges without a predecessor or successor until nothing changes. */
function byRemoval(layout: MaskLayout, mask: readonly number[]): number[] {
  const out = [...mask];
  const last = layout.transitions.length - 1;
  const at = (t: number, i: number, n: number): number => {
    const { columns, offset } = layout.transitions[t]!;
    return offset + i * columns + n;
  };
  for (let changed = true; changed;) {
    changed = false;
    layout.transitions.forEach(({ rows, columns }, t) => {
      for (let i = 0; i < rows; i++)
        for (let n = 0; n < columns; n++) {
          if (!out[at(t, i, n)]) continue;
          const below = t === 0 ? null : layout.transitions[t - 1]!;
          const above = t === last ? null : layout.transitions[t + 1]!;
          const fed =
            !below || Array.from({ length: below.rows }, (_, j) => out[at(t - 1, j, i)]).some(Boolean);
          const read =
            !above || Array.from({ length: above.columns }, (_, m) => out[at(t + 1, n, m)]).some(Boolean);
          if (fed && read) continue;
          out[at(t, i, n)] = 0;
          changed = true;
        }
    });
  }
  return out;
}

describe('layout', () => {
  test('3, 6, 12 experts have 18 + 72 edges', () => {
    const layout = maskLayout([3, 6, 12]);
    expect(layout.edges).toBe(90);
    expect(layout.transitions).toEqual([
      { rows: 3, columns: 6, offset: 0 },
      { rows: 6, columns: 12, offset: 18 },
    ]);
    const labels = edgeLabels(layout);
    expect(labels).toHaveLength(90);
    expect(labels[1 * 6 + 4]).toBe('1.1→2.4');
    expect(labels[18 + 5 * 12 + 11]).toBe('2.5→3.11');
  });

  test('is read back from the labels of a probe’s axis', () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        expect(layoutFromLabels(edgeLabels(layout))).toEqual(layout);
      }),
    );
    expect(() => layoutFromLabels(['age'])).toThrow(/"age" names no edge/);
  });

  test('one layer is refused with a sentence', () => {
    expect(() => maskLayout([3])).toThrow(/at least two layers/);
  });
});

describe('validation', () => {
  test('keeps exactly the edges on complete paths, in masks of two to four layers', () => {
    fc.assert(
      fc.property(withMask, ([layout, mask]) => {
        expect([...validateMask(layout, mask)]).toEqual(byRemoval(layout, mask));
      }),
      { numRuns: 300 },
    );
  });

  test('is idempotent, never adds an edge, and leaves every used expert fed', () => {
    fc.assert(
      fc.property(withMask, ([layout, mask]) => {
        const valid = validateMask(layout, mask);
        expect([...validateMask(layout, valid)]).toEqual([...valid]);
        for (let e = 0; e < layout.edges; e++) expect(valid[e]! <= mask[e]!).toBe(true);
        if (edgeCount(valid) > 0) {
          for (let layer = 0; layer < layout.experts.length; layer++)
            expect(edgeCount(activeExperts(layout, valid, layer))).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('pruning', () => {
  const cases = withMask
    .map(([layout, mask]) => [layout, validateMask(layout, mask)] as const)
    .filter(([, mask]) => edgeCount(mask) > 0)
    .chain(([layout, mask]) =>
      fc.tuple(
        fc.constant(layout),
        fc.constant(mask),
        gatesOf(layout),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      ),
    );

  test('density never rises, and one path always stays', () => {
    fc.assert(
      fc.property(cases, ([layout, mask, gates, rate, target]) => {
        const pruned = pruneMask(layout, mask, gates, pruneCounts(layout.edges, rate, target));
        expect(edgeCount(pruned)).toBeLessThanOrEqual(edgeCount(mask));
        expect(edgeCount(activeHeads(layout, pruned))).toBeGreaterThanOrEqual(1);
        expect([...validateMask(layout, pruned)]).toEqual([...pruned]);
      }),
    );
  });

  test('before validation, density stays above S(1-α) - 1/E', () => {
    fc.assert(
      fc.property(cases, ([layout, mask, , rate, target]) => {
        const count = edgeCount(mask);
        const left = count - pruneCounts(layout.edges, rate, target)[count]!;
        if (maskDensity(mask) >= target)
          expect(left / layout.edges).toBeGreaterThanOrEqual(target * (1 - rate) - 1 / layout.edges - 1e-9);
      }),
    );
  });

  test('at or below the target density nothing is cut', () => {
    const layout = maskLayout([3, 6, 12]);
    const counts = pruneCounts(90, 0.05, 0.4);
    expect([...counts.slice(0, 37)].every((count) => count === 0)).toBe(true);
    expect(counts[37]).toBe(2);
    expect(counts[63]).toBe(3);
    expect(counts[90]).toBe(5);
    const mask = validateMask(
      layout,
      topMask(
        layout,
        Float32Array.from({ length: 90 }, (_, e) => e),
        0.4,
      ),
    );
    expect([...pruneMask(layout, mask, new Float32Array(90), counts)]).toEqual([...mask]);
  });

  test('cuts the smallest values over all layers jointly, and the first of equal ones', () => {
    const layout = maskLayout([1, 2, 4]);
    const gates = [0.9, 0.8, 0.5, 0.1, 0.5, 0.5, 0.2, 0.5, 0.1, 0.5];
    const counts = pruneCounts(layout.edges, 0.3, 0.1);
    expect(counts[10]).toBe(3);
    expect([...pruneMask(layout, onesMask(layout), gates, counts)]).toEqual([1, 1, 1, 0, 1, 1, 0, 1, 0, 1]);
    const equal = pruneMask(layout, onesMask(layout), new Float32Array(10).fill(0.5), counts);
    // The first transition's two edges and one more go: nothing would be left, so the prune is undone.
    expect([...equal]).toEqual([...onesMask(layout)]);
  });
});

describe('candidates', () => {
  test('keep the top share where nothing flips', () => {
    const layout = maskLayout([3, 6, 12]);
    const gates = Float32Array.from({ length: 90 }, (_, e) => (e * 37) % 90);
    const still = { deviate: 0, uniforms: new Float32Array(90) };
    const top = topMask(layout, gates, 0.7);
    expect(edgeCount(top)).toBe(63);
    expect([...initialMask(layout, gates, 0.7, still)]).toEqual([...validateMask(layout, top)]);
  });

  test('flipping every edge gives the complement, or the mask before inversion where that is dead', () => {
    const layout = maskLayout([2, 4]);
    const all = { deviate: -3, uniforms: new Float32Array(8) };
    const gates = [8, 7, 6, 5, 4, 3, 2, 1];
    expect([...initialMask(layout, gates, 0.5, all)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect([...initialMask(layout, gates, 1, all)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('are always valid and never dead, and contain the united mask’s paths', () => {
    const cases = withMask.chain(([layout, mask]) =>
      fc.tuple(
        fc.constant(layout),
        fc.constant(validateMask(layout, mask)),
        gatesOf(layout),
        gatesOf(layout),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(cases, ([layout, present, gates, uniforms, share, deviate]) => {
        const alone = initialMask(layout, gates, share, { deviate, uniforms });
        expect([...validateMask(layout, alone)]).toEqual([...alone]);
        expect(edgeCount(alone)).toBeGreaterThan(0);
        const united = initialMask(layout, gates, share, { deviate, uniforms }, present);
        for (let e = 0; e < layout.edges; e++) if (present[e]) expect(united[e]).toBe(1);
      }),
    );
  });

  test('layer scale multiplies by the softmax’s width', () => {
    const scale = edgeScale(maskLayout([3, 6, 12]), 'layer');
    expect([scale[0], scale[17], scale[18], scale[89]]).toEqual([3, 3, 6, 6]);
    expect(new Set(edgeScale(maskLayout([3, 6, 12]), 'none'))).toEqual(new Set([1]));
  });
});

describe('use of experts', () => {
  test('is a share of each layer, nothing for experts without an edge, even over active heads', () => {
    const cases = withMask
      .map(([layout, mask]) => [layout, validateMask(layout, mask)] as const)
      .filter(([, mask]) => edgeCount(mask) > 0)
      .chain(([layout, mask]) => fc.tuple(fc.constant(layout), fc.constant(mask), gatesOf(layout)));
    fc.assert(
      fc.property(cases, ([layout, mask, given]) => {
        const gates = Array.from(given, (gate) => gate + 0.01);
        // The second scenario keeps all edges, so that rows are told apart.
        const both = Uint8Array.from([...mask, ...onesMask(layout)]);
        const use = expertUse(layout, both, [...gates, ...gates]);
        const width = layout.experts.reduce((sum, count) => sum + count, 0);
        expect(use).toHaveLength(2 * width);
        let at = 0;
        layout.experts.forEach((count, layer) => {
          const own = [...use.subarray(at, at + count)];
          const active = activeExperts(layout, mask, layer);
          expect(own.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
          own.forEach((one, i) => expect(one > 0).toBe(active[i] === 1));
          if (layer === layout.experts.length - 1)
            own.forEach((one, i) => expect(one).toBeCloseTo(active[i]! / edgeCount(active), 5));
          expect([...use.subarray(width + at, width + at + count)].every((one) => one > 0)).toBe(true);
          at += count;
        });
      }),
    );
  });

  test('weighs an expert by the gates on its kept edges', () => {
    const layout = maskLayout([2, 2]);
    // Expert 0 passes 0.2, its other edge is cut; expert 1 passes 0.5 and 0.1.
    const use = expertUse(layout, [1, 0, 1, 1], [0.2, 0.9, 0.5, 0.1]);
    [0.25, 0.75, 0.5, 0.5].forEach((one, i) => expect(use[i]).toBeCloseTo(one, 6));
  });
});

describe('overlap', () => {
  test('is symmetric, 1 on the diagonal and within 0…1', () => {
    const several = layouts.chain((layout) =>
      fc.tuple(
        fc.constant(layout),
        fc.array(fc.integer({ min: 0, max: 1 }), {
          minLength: 4 * layout.edges,
          maxLength: 4 * layout.edges,
        }),
      ),
    );
    fc.assert(
      fc.property(several, ([layout, masks]) => {
        for (const transition of [null, 0]) {
          const overlap = maskOverlap(layout, masks, transition);
          for (let a = 0; a < 4; a++) {
            expect(overlap[a * 4 + a]).toBe(1);
            for (let b = 0; b < 4; b++) {
              expect(overlap[a * 4 + b]).toBe(overlap[b * 4 + a]);
              expect(overlap[a * 4 + b]).toBeGreaterThanOrEqual(0);
              expect(overlap[a * 4 + b]).toBeLessThanOrEqual(1);
            }
          }
        }
      }),
    );
  });

  test('counts shared edges over edges of either, per layer and over all', () => {
    const layout = maskLayout([1, 2, 2]);
    const masks = [1, 1, 1, 0, 0, 1, /**/ 1, 0, 1, 1, 0, 0];
    expect(maskOverlap(layout, masks, 0)[1]).toBeCloseTo(1 / 2, 6);
    expect(maskOverlap(layout, masks, 1)[1]).toBeCloseTo(1 / 3, 6);
    expect(maskOverlap(layout, masks)[1]).toBeCloseTo(2 / 5, 6);
    expect(() => maskOverlap(layout, masks, 2)).toThrow(/no transition 2/);
    expect(() => maskOverlap(layout, [1, 0, 1])).toThrow(/no masks of 6 edges/);
  });

  test('of random masks at density 0.4 is the paper’s 0.25', () => {
    expect(randomOverlap(0.4)).toBeCloseTo(0.25, 12);
  });
});
