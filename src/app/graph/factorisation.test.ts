import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { models } from '../../models/registry';
import { factorisation } from './factorisation';

const node = (id: string, label = id) => ({ id, label, meaning: '', x: 0, y: 0 });
const edge = (from: string, to: string) => ({ from, to, meaning: '' });

describe('a causal graph’s factorisation', () => {
  const graph = {
    nodes: [node('s', 'S'), node('m', 'M'), node('u', 'user'), node('y', 'Y')],
    edges: [edge('s', 'm'), edge('u', 'm'), edge('s', 'y'), edge('m', 'y')],
  };

  it('names every variable’s causes, effects first; a cut edge is no cause', () => {
    expect(factorisation(graph, () => false)).toBe(
      String.raw`P(Y, M \mid S, \text{user}) = P(Y \mid S, M)\,P(M \mid S, \text{user})`,
    );
    expect(factorisation(graph, ({ from, to }) => from === 's' && to === 'y')).toBe(
      String.raw`P(Y, M \mid S, \text{user}) = P(Y \mid M)\,P(M \mid S, \text{user})`,
    );
  });

  it('is none of a circle, and none without edges', () => {
    expect(factorisation({ ...graph, edges: [...graph.edges, edge('y', 's')] }, () => false)).toBeNull();
    expect(factorisation(graph, () => true)).toBeNull();
  });

  it('can be set for every paper that has causes', () => {
    const found = models.flatMap(({ graph: own }) =>
      own && !own.title ? [factorisation(own, () => false)] : [],
    );
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const tex of found) {
      expect(tex).not.toBeNull();
      expect(katex.renderToString(tex!, { throwOnError: true })).toContain('katex');
    }
  });
});
