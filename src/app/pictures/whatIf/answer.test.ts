import { describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../../models/definition';
import { quantise } from '../../../training/representation/sample';
import type { RepresentationSample, WhatIf } from '../../../workers/protocol';
import { insideGroups, nearestRows } from './answer';

const scenarios = ['A', 'B'].map((name) => ({ id: name, name, group: null, share: 0.5, clickRate: 0.1 }));
const labels = { scenarios, fields: ['age', 'slot'] };

const spec = (name: string, axes: ProbeSpec['axes'], topic = 'gates'): ProbeSpec => ({
  name,
  topic,
  title: `Title of ${name}`,
  reading: '',
  equation: '',
  axes,
  scale: 'share',
});

const answer: WhatIf = {
  step: 3,
  row: 7,
  previous: 6,
  next: 8,
  rows: 10,
  ownScenario: 1,
  scenario: 1,
  label: 0,
  fields: [],
  userFrom: null,
  itemFrom: null,
  promoted: null,
  probability: Float32Array.of(0.1, 0.2),
  score: Float32Array.of(0, 1),
  truth: null,
  columns: { vote: Float32Array.of(0.25, 0.75), matchScore: Float32Array.of(2) },
  probes: [
    {
      name: 'gates',
      shape: [2, 2],
      values: Float32Array.of(0, 0, 0.25, 0.75),
      defined: Uint8Array.of(0, 0, 1, 1),
    },
    { name: 'density', shape: [2, 1], values: Float32Array.of(1, 1), defined: Uint8Array.of(1, 1) },
    { name: 'conflict', shape: [2, 1], values: Float32Array.of(1, 1), defined: Uint8Array.of(1, 1) },
  ],
  vectors: [{ name: 'last', slots: 1, dim: 2, values: Float32Array.of(0, 0) }],
};

const specs = [
  spec('gates', [{ name: 'scenario' }, { name: 'field' }]),
  spec('density', [{ name: 'layer' }, { name: 'part' }]),
  spec('conflict', [{ name: 'scenario' }, { name: 'unit' }], 'conflict'),
];

describe('the inside of one row', () => {
  it('is the line of its scenario in every probe that has one, and the columns that no probe shows', () => {
    expect(insideGroups(answer, specs, labels)).toEqual([
      { id: 'matchScore', title: 'match score', bars: [{ name: 'match score', value: 2 }] },
      {
        id: 'gates',
        title: 'Title of gates',
        bars: [
          { name: 'age', value: 0.25 },
          { name: 'slot', value: 0.75 },
        ],
      },
    ]);
    // Undefined in another scenario, of which this row says nothing.
    expect(insideGroups({ ...answer, scenario: 0 }, specs, labels).map(({ id }) => id)).toEqual([
      'vote',
      'matchScore',
    ]);
  });
});

describe('nearest rows', () => {
  const vectors = Float32Array.of(3, 4, 0, 1, 0, 0);
  const sample: RepresentationSample = {
    step: 3,
    split: 'test',
    rows: Int32Array.of(5, 9, 7),
    scenario: Uint16Array.of(0, 1, 1),
    label: Float32Array.of(1, 0, 0),
    truth: null,
    probability: Float32Array.of(0.3, 0.2, 0.1),
    vectors: [{ name: 'last', rows: 3, slots: 1, ...quantise(vectors, 2) }],
  };

  it('are ordered by distance, without the row itself unless it was changed', () => {
    const near = nearestRows(answer, sample, 2);
    expect(near?.rows.map(({ row }) => row)).toEqual([9, 5]);
    expect(near?.rows[0]?.distance).toBeCloseTo(1, 3);
    expect(near?.rows[1]?.distance).toBeCloseTo(5, 3);
    const field = {
      name: 'slot',
      role: 'context',
      meaning: '',
      value: 1,
      label: null,
      size: 2,
      labels: null,
    } as const;
    const edited: WhatIf = { ...answer, fields: [{ ...field, editable: true, changed: true }] };
    expect(nearestRows(edited, sample, 2)?.rows.map(({ row }) => row)).toEqual([7, 9, 5]);
  });

  it('are none where the run kept no vectors of that kind', () => {
    expect(nearestRows(answer, null, 2)).toBeNull();
    expect(nearestRows({ ...answer, vectors: [] }, sample, 2)).toBeNull();
  });
});
