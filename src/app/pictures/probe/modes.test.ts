import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../../models/definition';
import type { HeatValues } from '../../charts/heatDraw';
import { headlineOf } from './headline';
import { basesOf, drawing, drawnIn, modesOf, readingIn, telling } from './modes';
import { scaleOf } from './probe';

const spec = (scale: ProbeSpec['scale'], axes: readonly ProbeSpec['axes'][number]['name'][]): ProbeSpec => ({
  name: 'p',
  topic: 'gates',
  title: '',
  reading: '',
  equation: '',
  axes: axes.map((name) => ({ name })),
  scale,
});
const gates = spec('share', ['scenario', 'expert']);
const matrix = (values: readonly (readonly (number | null)[])[]): HeatValues => ({
  rows: values.length,
  columns: values[0]?.length ?? 0,
  values: Float32Array.from(values.flat(), (value) => value ?? 0),
  defined: Uint8Array.from(values.flat(), (value) => (value === null ? 0 : 1)),
});
const labels = (...names: string[]) => names.map((label) => ({ label }));
const scale = { kind: 'sequential', min: 0, max: 1 } as const;

describe('how a matrix is drawn', () => {
  it('is its difference from uniform where gates are one colour, and its values where they are not', () => {
    const flat = matrix([[0.51, 0.49]]);
    const bases = basesOf(gates, flat, null);
    expect(modesOf(bases)).toEqual(['value', 'uniform']);
    expect(telling(bases, flat, scale)).toBe('uniform');
    expect(telling(bases, matrix([[0.9, 0.1]]), scale)).toBe('value');
    const drawn = drawnIn('uniform', flat, scale, bases);
    expect(drawn.data.values[0]).toBeCloseTo(0.01, 6);
    expect(drawn.scale).toEqual({ kind: 'signed', min: -drawn.scale.max, max: drawn.scale.max });
    expect(drawn.scale.max).toBeCloseTo(0.01, 6);
    expect(drawnIn('value', flat, scale, bases)).toEqual({ data: flat, scale });
  });

  it('never draws outside its scale, and leaves what is undefined undefined', () => {
    const value = fc.option(fc.float({ min: 0, max: 1, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { minLength: 4, maxLength: 4 }), (cells) => {
        const data = matrix([cells.slice(0, 2), cells.slice(2)]);
        const bases = { uniform: [0.5, 0.25], mean: true, truth: [0.1, 0.2, 0.3, 0.4] };
        for (const mode of ['uniform', 'mean', 'truth'] as const) {
          const drawn = drawnIn(mode, data, scale, bases);
          expect(drawn.data.defined).toEqual(data.defined);
          cells.forEach((cell, k) => {
            if (cell !== null) expect(Math.abs(drawn.data.values[k]!)).toBeLessThanOrEqual(drawn.scale.max);
          });
        }
      }),
    );
  });

  it('offers the difference from truth for cosines between scenarios where the truth is known', () => {
    const cosines = { ...spec('signed', ['scenario', 'otherScenario']), quantity: 'cosine' };
    const data = matrix([
      [1, 0.5],
      [0.5, 1],
    ]);
    expect(modesOf(basesOf(cosines, data, null))).toEqual(['value', 'mean']);
    const bases = basesOf(cosines, data, Float32Array.of(1, 0.25, 0.25, 1));
    expect(modesOf(bases)).toEqual(['value', 'mean', 'truth']);
    expect([...drawnIn('truth', data, scale, bases).data.values]).toEqual([0, 0.25, 0.25, 0]);
  });

  it('makes no scale for a diagonal that is what it is by definition, and differs from nothing there', () => {
    const cosines = { ...spec('signed', ['scenario', 'otherScenario']), quantity: 'cosine' };
    const data = matrix([
      [1, 0.92, 0.94],
      [0.92, 1, 0.9],
      [0.94, 0.9, 1],
    ]);
    const own = { kind: 'signed', min: -1, max: 1 } as const;
    const bases = basesOf(cosines, data, null);
    expect(telling(bases, data, own)).toBe('mean');
    const drawn = drawnIn('mean', data, own, bases);
    expect(drawn.scale.max).toBeCloseTo(0.02, 6);
    expect([0, 4, 8].map((k) => drawn.data.values[k])).toEqual([0, 0, 0]);
    // Signs tell of themselves, however small.
    const conflict = matrix([
      [1, -0.1],
      [0.1, 1],
    ]);
    expect(telling(bases, conflict, own)).toBe('value');
    const frame = {
      step: 1,
      value: { name: 'p', shape: [2, 2], values: conflict.values, defined: conflict.defined! },
    };
    expect(scaleOf(cosines, [frame]).max).toBeCloseTo(0.1, 6);
  });

  it('takes even shares by column, calls a difference by its own name, and says what its colours mean', () => {
    const bases = { uniform: [0.5, 0.5, 0.25], names: { uniform: 'difference from chance' } };
    const drawn = drawing(bases, matrix([[0.5, 0.6, 0.25]]), scale, 'uniform');
    expect([...drawn.data.values].map((value) => Math.abs(Math.round(value * 100)))).toEqual([0, 10, 0]);
    expect(readingIn('Shares.', drawn)).toBe(
      'Shares. Drawn is the difference from chance: blue above, orange below.',
    );
    expect(readingIn('Shares.', drawing(bases, matrix([[0.5, 0.6, 0.1]]), scale, 'value'))).toBe('Shares.');
  });
});

describe('a headline', () => {
  it('names the largest share against an even one', () => {
    const said = (values: readonly (readonly (number | null)[])[]) =>
      headlineOf(gates, matrix(values), labels('A', 'B'), labels('1', '2'));
    expect(
      said([
        [0.2, 0.8],
        [0.4, 0.6],
      ]),
    ).toBe('A leans most on expert 2: 80.0\u202f%, where even shares are 50.0\u202f%.');
    expect(
      said([
        [0.5, 0.5],
        [0.49, 0.51],
      ]),
    ).toMatch(/^Nearly even so far: the largest share is 51.0\u202f%/);
    expect(
      said([
        [null, null],
        [null, null],
      ]),
    ).toBeNull();
  });

  it('names who borrows from whom, and who is opposed', () => {
    const square = (scaleOf: ProbeSpec['scale'], values: readonly (readonly number[])[]) =>
      headlineOf(
        spec(scaleOf, ['scenario', 'otherScenario']),
        matrix(values),
        labels('A', 'B'),
        labels('A', 'B'),
      );
    expect(
      square('share', [
        [0.7, 0.3],
        [0.1, 0.9],
      ]),
    ).toBe('A borrows 30.0\u202f% from B, the most of any.');
    expect(
      square('signed', [
        [1, -0.3],
        [-0.3, 1],
      ]),
    ).toBe('A and B are furthest apart: −0.3.');
    expect(
      square('signed', [
        [1, 0.2],
        [0.2, 1],
      ]),
    ).toBe('No two are opposed; least alike are A and B: 0.2.');
    expect(headlineOf(spec('value', ['scenario', 'unit']), matrix([[1]]), labels('A'), labels('1'))).toBe(
      'A, unit 1: 1.',
    );
  });
});
