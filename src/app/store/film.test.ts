import { describe, expect, it } from 'vitest';
import { Film, probeAt } from './film';

const value = (length: number, fill: number) => ({
  name: 'gates',
  shape: [length],
  values: new Float32Array(length).fill(fill),
  defined: new Uint8Array(length).fill(1),
});

describe('a film', () => {
  it('holds a bounded number of frames and always the newest', () => {
    const film = new Film();
    for (let i = 0; i < 2000; i++) film.add(i, value(6, i));
    const frames = film.frames('gates');
    expect(frames.length).toBeLessThanOrEqual(121);
    expect(frames.at(-1)?.step).toBe(1999);
    expect(frames[0]?.step).toBe(0);
    for (let i = 1; i < frames.length; i++) expect(frames[i]!.step).toBeGreaterThan(frames[i - 1]!.step);
  });

  it('keeps fewer frames of large matrices', () => {
    const film = new Film();
    for (let i = 0; i < 100; i++) film.add(i, value(355 * 355, i));
    expect(film.frames('gates').length * 355 * 355).toBeLessThanOrEqual(4_200_000);
  });

  it('replaces a frame of the same step', () => {
    const film = new Film();
    film.add(5, value(2, 1));
    film.add(5, value(2, 2));
    expect(film.frames('gates')).toHaveLength(1);
    expect(probeAt(film.frames('gates')[0]!.value, 0)).toBe(2);
  });

  it('says null where a cell is undefined', () => {
    expect(probeAt({ ...value(2, 1), defined: new Uint8Array([0, 1]) }, 0)).toBeNull();
  });
});
