import { describe, expect, it } from 'vitest';
import { fairnessProbes } from '../../../training/procedures/sarnet/probes';
import type { ProbeSpec } from '../../../models/definition';
import { fairnessHistory, fairnessTable } from './history';

const coefficient = Float32Array.from([0.5, 0.6, 0.7, 0.8, 1, 1.1, 1.2, 1.3, 1.4, 1.5]);
const scenario = new Int16Array(10);
const intervened = Uint8Array.from([1, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
const spec: ProbeSpec = {
  name: 'fairness',
  topic: 'fairness',
  title: '',
  reading: '',
  equation: '',
  axes: [
    { name: 'item', labels: ['intervened', 'other', 'all'] },
    { name: 'bin', labels: ['mean', 'tenth', 'quarter', 'half', 'three quarters', 'nine tenths'] },
  ],
  source: 'procedure',
  scale: 'value',
};

function history(truth: Uint8Array | null, given: ProbeSpec = spec) {
  const probes = fairnessProbes(coefficient, scenario, 1, truth);
  const frames = (name: string) => [{ step: 7, value: probes.find((one) => one.name === name)! }];
  return fairnessHistory(given, frames('fairness'), frames('fairnessRecovery'));
}

describe('fairness over refreshes', () => {
  it('has median and quartiles of both kinds of items, and how well low ones tell intervened rows', () => {
    const { points, groups, band } = history(intervened);
    expect(band).toBe('quartiles');
    expect(groups).toEqual(['intervened', 'other']);
    const [point] = points;
    // Intervened: 0.5, 0.6, 0.7, 0.8, 1.5; others: 1, 1.1, 1.2, 1.3, 1.4.
    expect(point!.groups.intervened.median).toBeCloseTo(0.7, 6);
    expect(point!.groups.intervened.low).toBeCloseTo(0.6, 6);
    expect(point!.groups.intervened.high).toBeCloseTo(0.8, 6);
    expect(point!.groups.intervened.mean).toBeCloseTo(0.82, 6);
    expect(point!.groups.other.median).toBeCloseTo(1.2, 6);
    // Of 25 pairs the four low ones win against all five others, the fifth against none.
    expect(point!.recovery).toBeCloseTo(20 / 25, 6);
  });

  it('without a truth shows all items together, and no recovery', () => {
    const { points, groups } = history(null);
    expect(groups).toEqual(['all']);
    expect(points[0]!.recovery).toBeNull();
    const table = fairnessTable(history(null));
    expect(table.columns).toHaveLength(5);
    expect(table.rows[0]![0]).toBe(7);
  });

  it('reads runs that were kept before quartiles were, by their own labels', () => {
    const old: ProbeSpec = {
      ...spec,
      axes: [spec.axes[0]!, { name: 'bin', labels: ['mean', 'tenth', 'half', 'nine tenths'] }],
    };
    const value = {
      name: 'fairness',
      shape: [3, 4],
      values: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      defined: new Uint8Array(12).fill(1),
    };
    const { points, band } = fairnessHistory(old, [{ step: 1, value }], []);
    expect(band).toBe('tenths');
    expect(points[0]!.groups.other).toEqual({ mean: 5, median: 7, low: 6, high: 8 });
  });
});
