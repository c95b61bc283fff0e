import { describe, expect, it } from 'vitest';
import type { GraphPart, ModelGraph } from '../../../training/modelGraph/types';
import { describePart, fitText, modelHeadline } from './describe';

const part = (given: Partial<GraphPart>): GraphPart => ({
  ...{ id: 'tower', kind: 'part', fields: [], variables: [], parameters: 0 },
  ...given,
});
const scenario = part({ id: 'scenario index', kind: 'scenario' });
const user = part({ id: 'fields', kind: 'fields', fields: ['age', 'city'], parameters: 300 });
const tower = part({
  variables: [
    { name: 'tower.weight', shape: [3, 28, 8] },
    { name: 'tower.bias', shape: [3, 8] },
  ],
  parameters: 100,
});
const graph: ModelGraph = {
  parts: [scenario, user, tower],
  arrows: [{ from: 'scenario index', to: 'tower', gate: false, training: false }],
  weighed: [],
};

describe('a box of the drawing', () => {
  it('says how many there are, their widths, their numbers and who chooses them', () => {
    expect(describePart(tower, graph)).toEqual({
      title: 'tower',
      shape: '3 × 28 → 8',
      numbers: '100 · by scenario',
      copies: 3,
    });
  });

  it('of fields names them', () => {
    expect(describePart(user, graph)).toMatchObject({
      title: '2 fields',
      shape: 'age, city',
      numbers: '300',
    });
    expect(describePart(part({ kind: 'fields', fields: ['age'] }), graph)).toMatchObject({
      title: 'age',
      shape: 'embedding',
    });
  });

  it('without matrices says no width', () => {
    const bias = part({ id: 'bias', variables: [{ name: 'bias', shape: [1] }], parameters: 1 });
    expect(describePart(bias, graph)).toEqual({ title: 'bias', shape: '', numbers: '1', copies: 1 });
  });
});

it('a name stands whole in its box, narrower where it must, and is cut off only where that is not enough', () => {
  expect(fitText('gate', 87, 7.2)).toEqual({ text: 'gate', squeezed: false });
  expect(fitText('scenarioClassifier', 87, 7.2)).toEqual({ text: 'scenarioClassifier', squeezed: true });
  expect(fitText('earlier items here', 87, 7.2).text).toBe('earlier items here');
  expect(fitText('scenario_id, user_id, age, gender', 87, 5.6)).toEqual({
    text: 'scenario_id, u…',
    squeezed: false,
  });
});

describe('the headline', () => {
  it('counts parameters and the share of the embeddings', () => {
    expect(modelHeadline(graph)).toBe(
      '400 parameters, 75.0\u202f% of them in the embeddings of 2 fields. The largest part beside them is tower, with 100.',
    );
  });

  it('of a model of nothing but embeddings', () => {
    expect(
      modelHeadline({ ...graph, parts: [part({ kind: 'fields', fields: ['age'], parameters: 4 })] }),
    ).toBe('4 parameters, 100.0\u202f% of them in the embeddings of 1 field.');
  });
});
