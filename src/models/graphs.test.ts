/** The drawn graphs: what the page offers to cut must exist in the model's settings. */
import { describe, expect, it } from 'vitest';
import { models } from './registry';
import { parseSettings } from './settings';

const papers = models.filter((model) => model.family === 'paper');

describe('the graphs of the papers', () => {
  it('are there for each of the five', () => {
    expect(papers.map(({ id }) => id).sort()).toEqual(['aread', 'causalint', 'mscan', 'optmsm', 'sarnet']);
    for (const model of papers) expect(model.graph, model.id).not.toBeNull();
  });

  for (const { id, graph, fields } of papers) {
    it(`${id}: every arrow joins two nodes inside the drawing, and none is drawn twice`, () => {
      const nodes = new Map(graph!.nodes.map((node) => [node.id, node]));
      expect(nodes.size).toBe(graph!.nodes.length);
      for (const { x, y } of graph!.nodes) {
        expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(0);
      }
      const arrows = graph!.edges.map(({ from, to }) => `${from}→${to}`);
      expect(new Set(arrows).size).toBe(arrows.length);
      for (const { from, to } of graph!.edges) expect([nodes.has(from), nodes.has(to)]).toEqual([true, true]);
      const touched = new Set(graph!.edges.flatMap(({ from, to }) => [from, to]));
      expect([...nodes.keys()].filter((node) => !touched.has(node))).toEqual([]);
    });

    it(`${id}: no two nodes have one name`, () => {
      const names = graph!.nodes.map(({ label }) => label);
      expect(names).toEqual([...new Set(names)]);
    });

    it(`${id}: some arrow is a switch, and its two values are different and valid`, () => {
      const switches = graph!.edges.flatMap(({ setting }) => setting ?? []);
      expect(switches.length).toBeGreaterThan(0);
      for (const { name, cut, kept } of switches) {
        expect(cut).not.toBe(kept);
        for (const value of [cut, kept]) {
          expect(parseSettings(fields, { [name]: value })[name]).toBe(value);
        }
      }
    });
  }
});
