import { describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../../models/definition';
import { axisLabels, leadingAxes, matrixOf, probeTable, scaleOf } from './probe';

const spec = (axes: ProbeSpec['axes'], scale: ProbeSpec['scale'] = 'share'): ProbeSpec => ({
  name: 'gates',
  topic: 'gates',
  title: 't',
  reading: 'r',
  equation: '',
  axes,
  scale,
});
const value = {
  name: 'gates',
  shape: [2, 2, 3],
  values: Float32Array.from({ length: 12 }, (_, k) => k),
  defined: new Uint8Array(12).fill(1),
};
const view = {
  scenarios: [{ id: 'a', name: 'Home', group: null, share: 1, clickRate: 0.1 }],
  fields: ['user_age'],
};

describe('a probe', () => {
  it('of three axes is a matrix for each index of the first', () => {
    expect(leadingAxes(spec([{ name: 'layer' }, { name: 'scenario' }, { name: 'expert' }]))).toBe(1);
    expect(Array.from(matrixOf(value, [1]).values)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(matrixOf(value, [1])).toMatchObject({ rows: 2, columns: 3 });
  });

  it('of one axis is one row', () => {
    expect(matrixOf({ ...value, shape: [12] }, [])).toMatchObject({ rows: 1, columns: 12 });
  });

  it('takes labels from scenarios, fields, the model, or counts', () => {
    expect(axisLabels({ name: 'scenario' }, 1, view, ['#123456'])).toEqual([
      { label: 'Home', scenario: 'a', colour: '#123456' },
    ]);
    expect(axisLabels({ name: 'field' }, 2, view, []).map(({ label }) => label)).toEqual(['user_age', '2']);
    expect(axisLabels({ name: 'expert', labels: ['x', 'y'] }, 2, view, []).map(({ label }) => label)).toEqual(
      ['x', 'y'],
    );
  });

  it('signed scales have zero in the middle, shares start at nought', () => {
    const frames = [{ step: 1, value: { ...value, values: value.values.map((x) => x - 2) } }];
    expect(scaleOf(spec([], 'signed'), frames)).toEqual({ kind: 'signed', min: -9, max: 9 });
    expect(
      scaleOf(spec([], 'share'), [
        { step: 1, value: { ...value, values: new Float32Array(12).fill(1 / 3) } },
      ]),
    ).toEqual({
      kind: 'sequential',
      min: 0,
      max: 2 / 3,
    });
  });

  it('undefined cells are null in its table', () => {
    const defined = new Uint8Array([1, 0]);
    const table = probeTable(
      { rows: 1, columns: 2, values: new Float32Array([0.5, 9]), defined },
      [{ label: 'a' }],
      [{ label: 'x' }, { label: 'y' }],
      'scenario',
    );
    expect(table).toEqual({ columns: ['scenario', 'x', 'y'], rows: [['a', 0.5, null]] });
  });
});
