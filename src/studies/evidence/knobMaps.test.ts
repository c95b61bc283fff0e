import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findTwin, KNOBS } from '../../data/simulate';
import { simulationOfId } from '../../training/simulatedId';
import { madeUpStudy } from '../reproduce/testing';
import { KNOB_MAPS, mapPlaces, mapResult, mapWorld } from './knobMaps';
import { mapsReport } from './mapsReport';
import { findVariant } from './variants';
import type { StoredStudy } from './format';

const [map] = KNOB_MAPS;
const rangeOf = (knob: string) => KNOBS.find(({ name }) => name === knob)!;

/** A study of one map in which the gain at each place is `gainAt(row, column)`, a little more or less by seed. */
function studyOf(gainAt: (row: number, column: number) => number): StoredStudy {
  const made = madeUpStudy('mscan');
  const [world] = made.worlds;
  const [cell] = made.cells;
  const { variant, against, metric } = map!.test;
  const places = mapPlaces(map!);
  const figures = (value: number) => ({
    ...cell!.figures,
    [metric]: { ...Object.values(cell!.figures)[0]!, overall: value },
  });
  return {
    ...made,
    id: 'maps',
    worlds: places.map((place) => ({
      ...world!,
      id: mapWorld(map!, place, 'small'),
      knob: null,
      dose: null,
    })),
    variants: [variant, against].map((id) => ({ ...made.variants[0]!, id })),
    cells: places.flatMap(([row, column]) =>
      [1, 2, 3, 4, 5].flatMap((seed) => {
        const at = { ...cell!, world: mapWorld(map!, [row, column], 'small'), seed };
        const noise = [0.0001, -0.0001, 0.0002, -0.0002, 0][seed - 1]!;
        return [
          { ...at, variant, figures: figures(0.7 + gainAt(row, column) + noise) },
          { ...at, variant: against, figures: figures(0.7) },
        ];
      }),
    ),
  };
}

describe.each(KNOB_MAPS)('the map $id', (one) => {
  it('turns two knobs of its world within their ranges and holds everything else', () => {
    const { knobs: own } = findTwin(one.base);
    const worlds = mapPlaces(one).map((place) => mapWorld(one, place, 'small'));
    expect(new Set(worlds).size).toBe(9);
    for (const [k, place] of mapPlaces(one).entries()) {
      const request = simulationOfId(worlds[k]!)!;
      expect({ ...own, ...request.knobs }).toEqual({
        ...own,
        [one.knobs[0]]: place[0],
        [one.knobs[1]]: place[1],
      });
      for (const [i, knob] of one.knobs.entries()) {
        expect(place[i]).toBeGreaterThanOrEqual(rangeOf(knob).min);
        expect(place[i]).toBeLessThanOrEqual(rangeOf(knob).max);
      }
    }
    // The world's own settings are one of the places, under the world's own name.
    expect(worlds).toContain(one.base);
    expect(findVariant(one.test.variant).model).toBe(one.paper);
    expect(findVariant(one.test.against).model).toBe(one.paper);
  });

  it('has every hypothesis on its page, at a place that is run', () => {
    const page = readFileSync(new URL('../../../docs/evidence/maps.md', import.meta.url), 'utf8');
    expect(page).toContain(one.title);
    const places = mapPlaces(one).map(String);
    for (const { sentence, at, beyond } of one.hypotheses) {
      expect(page.replace(/\s+/g, ' ').toLowerCase()).toContain(sentence.toLowerCase());
      expect(places).toContain(String(at));
      if (beyond) expect(places).toContain(String(beyond));
    }
  });
});

describe('what a study says of a map', () => {
  it('is the gain at each place, and a hypothesis is judged where it says', () => {
    const study = studyOf((history, shift) => (history === 0 ? 0 : 0.03 * history * (1.4 - shift)));
    const { gains, hypotheses } = mapResult(map!, study);
    expect(gains.map((row) => row.map(({ effect }) => Number(effect!.toFixed(6))))).toEqual([
      [0, 0, 0],
      [0.021, 0.015, 0.003],
      [0.042, 0.03, 0.006],
    ]);
    expect(gains[2]![0]!.verdict).toBe('confirmed');
    expect(gains[0]![0]!.verdict).toBe('no effect');
    expect(hypotheses.map(({ verdict }) => verdict.verdict)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(hypotheses[2]!.verdict.effect).toBeCloseTo(0.036, 9);
    const report = mapsReport(study);
    expect(report).toContain('+0.0420');
    expect(report).toContain('+0.0360');
    expect(report).not.toContain('How often items are forced');
  });

  it('is opposite where the gain goes the other way, and not run where no world is stored', () => {
    const study = studyOf((history, shift) => 0.01 * shift - 0.02 * history);
    const { hypotheses } = mapResult(map!, study);
    expect(hypotheses.map(({ verdict }) => verdict.verdict)).toEqual(['confirmed', 'opposite', 'opposite']);
    const without = { ...study, worlds: [], cells: [] };
    const { gains, worlds } = mapResult(map!, without);
    expect(worlds.flat().every((world) => world === null)).toBe(true);
    expect(gains.flat().every(({ verdict }) => verdict === 'not run')).toBe(true);
  });
});
