import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { components, namesOf, partition } from './partition';

describe('names of a part, from the coarsest', () => {
  it.each([
    ['level.0.expert.1.norm.gamma', ['level', 'level.0', 'level.0.expert', 'level.0.expert.1']],
    ['mlp.0.weight', ['mlp', 'mlp', 'mlp', 'mlp.0']],
    ['bias', ['bias', 'bias', 'bias', 'bias']],
    ['hei.2.1.bias', ['hei', 'hei.2', 'hei.2', 'hei.2.1']],
  ])('%s', (name, expected) => {
    expect(namesOf(name)).toEqual(expected);
  });
});

const arrowsOf = (count: number) =>
  fc.array(
    fc.record({ from: fc.integer({ min: 0, max: count - 1 }), to: fc.integer({ min: 0, max: count - 1 }) }),
    { maxLength: 30 },
  );

describe('components', () => {
  it('stand each before what they point at', () => {
    fc.assert(
      fc.property(arrowsOf(8), (arrows) => {
        const found = components(
          Array.from({ length: 8 }, (_, k) => String(k)),
          arrows.map(({ from, to }) => [String(from), String(to)] as const),
        );
        expect(found.flat().sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
        const place = new Map(found.flatMap((one, k) => one.map((node) => [node, k] as const)));
        for (const { from, to } of arrows)
          expect(place.get(String(from))).toBeLessThanOrEqual(place.get(String(to))!);
      }),
    );
  });
});

describe('a partition', () => {
  it('holds every variable, joint ones together, and nothing goes in a circle', () => {
    const word = fc.constantFrom('expert', 'gate', 'tower', '0', '1', 'weight');
    const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.'));
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 2, maxLength: 9 }).chain((names) =>
          fc.record({
            names: fc.constant(names),
            arrows: arrowsOf(names.length),
            joint: fc.array(
              arrowsOf(names.length).map(([one]) => [one?.from ?? 0, one?.to ?? 0] as const),
              {
                maxLength: 3,
              },
            ),
          }),
        ),
        ({ names, arrows, joint }) => {
          const parts = partition(
            names.map((one, id) => ({ id, name: one })),
            arrows,
            joint,
          );
          expect(parts.size).toBe(names.length);
          for (const [a, b] of joint) expect(parts.get(a)).toBe(parts.get(b));
          const between = arrows
            .map(({ from, to }) => [parts.get(from)!, parts.get(to)!] as const)
            .filter(([a, b]) => a !== b);
          const found = components([...new Set(parts.values())], between);
          expect(found.every(({ length }) => length === 1)).toBe(true);
        },
      ),
    );
  });

  it('takes a circle of layers apart', () => {
    const names = ['tower.0.weight', 'stitch.0.weight', 'tower.1.weight'];
    const parts = partition(
      names.map((name, id) => ({ id, name })),
      [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
      ],
      [],
    );
    expect([...parts.values()]).toEqual(['tower.0', 'stitch.0', 'tower.1']);
  });
});
