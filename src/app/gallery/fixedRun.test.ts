import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../engine';
import { models } from '../../models/registry';
import { sizes } from './fixedData';
import { fixedRun, phases } from './fixedRun';

beforeAll(async () => {
  await openBackend('cpu');
});

describe('a made-up run', () => {
  it('is the same every time', () => {
    expect(fixedRun('aread', 25, 'done')).toEqual(fixedRun('aread', 25, 'done'));
  });

  it.each(models.map(({ id }) => [id]))('of %s has shown every one of its probes at its end', (id) => {
    const run = fixedRun(id, 3, 'done');
    for (const probe of run.probeSpecs) {
      if (probe.source === 'rows') {
        expect(run.representation?.vectors.map(({ name }) => name)).toContain(probe.name);
        continue;
      }
      const newest = run.frames.get(probe.name)?.points.at(-1)?.value;
      expect(newest?.shape, probe.name).toHaveLength(probe.axes.length);
      expect(
        newest?.values.every((value) => Number.isFinite(value)),
        probe.name,
      ).toBe(true);
    }
  });

  it.each(sizes.flatMap((size) => phases.map((phase) => [size, phase] as const)))(
    'of %i scenarios can be %s',
    (size, phase) => {
      const run = fixedRun('mmoe', size, phase);
      expect(run.scenarios).toHaveLength(size);
      expect(run.scenarios.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
      expect(run.evaluations.points.length > 0).toBe(phase !== 'empty');
      expect(run.final !== null).toBe(phase === 'done');
      expect(run.representation !== null).toBe(phase === 'done');
    },
  );

  it('has scenarios without an AUC where there are many, as logs have', () => {
    const { latest } = fixedRun('mmoe', 355, 'live');
    expect(latest?.scenarios.some(({ auc }) => auc === null)).toBe(true);
    expect(latest?.scenarios[0]?.auc).toBeGreaterThan(0.5);
  });

  it('whose scenarios were clustered shows who is where, and distances that fit', () => {
    const run = fixedRun('mmoe', 25, 'done', { clusters: 2 });
    const newest = (name: string) => run.frames.get(name)!.points.at(-1)!.value.values;
    const members = Array.from(newest('clusterMembers'));
    const cluster = Array.from({ length: 25 }, (_, s) => members.slice(2 * s, 2 * s + 2).indexOf(1));
    expect(new Set(cluster)).toEqual(new Set([0, 1]));
    const distances = newest('clusterDistances');
    const [within, between] = [true, false].map((same) =>
      Array.from(distances).filter((_, i) => {
        const [s, other] = [Math.floor(i / 25), i % 25];
        expect(distances[i]).toBe(distances[other * 25 + s]);
        return s !== other && (cluster[s] === cluster[other]) === same;
      }),
    );
    expect(Math.max(...within!)).toBeLessThan(Math.min(...between!));
    expect(run.probeSpecs.find(({ name }) => name === 'gates')?.axes[0]?.labels).toHaveLength(2);
  });

  it('shares add up to 1', () => {
    const run = fixedRun('mmoe', 3, 'done');
    const { values } = run.frames.get('gates')!.points.at(-1)!.value;
    const width = values.length / 3;
    for (let s = 0; s < 3; s++)
      expect(values.subarray(s * width, (s + 1) * width).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1);
  });
});
