/** The graphs of the stories as they are drawn. */
import { describe, expect, it } from 'vitest';
import { layOutGraph, RADIUS } from '../../../graph/graphLayout';
import { stories } from '../stories';
import { drawnGraph, GRAPH_SIZE } from './storyGraph';

describe.each(stories.map((story) => [story.id, story] as const))('the graph of %s', (_, story) => {
  const { nodes, edges } = drawnGraph(story, new Set());
  const [widest, height] = GRAPH_SIZE;

  it('has a symbol of its own for every node, in few letters', () => {
    const { letters } = layOutGraph(nodes, edges, widest, height);
    expect(new Set(letters).size).toBe(nodes.length);
    for (const symbol of letters) expect(symbol.length).toBeLessThanOrEqual(3);
  });

  // Before a room, on a phone, on a laptop.
  it.each([310, 360, widest])(
    'has every name on it at a width of %i: inside, over no circle, knob, arrow’s head or other name',
    (width) => {
      const { places, lines, knobs, captions } = layOutGraph(nodes, edges, width, height);
      expect([...captions.keys()]).toEqual(nodes.map(({ id }) => id));
      for (const [id, { x, y, width: w, height: h }] of captions) {
        const covers = (at: { x: number; y: number }, reach: number): boolean =>
          Math.abs(at.x - x) < w + reach && Math.abs(at.y - y) < h + reach;
        expect([x - w >= 0, x + w <= width, y - h >= 0, y + h <= height], id).toEqual([
          true,
          true,
          true,
          true,
        ]);
        for (const [other, at] of places) expect(covers(at, RADIUS - 2), `${id} over ${other}`).toBe(false);
        for (const [k, { edge, path }] of lines.entries()) {
          const name = `${id} over ${edge.from}-${edge.to}`;
          for (const share of [0.95, 0.98, 1]) expect(covers(path.at(share), 0), name).toBe(false);
          if (edge.cut !== null) expect(covers(knobs[k]!, 4), name).toBe(false);
        }
        for (const [other, one] of captions)
          if (other !== id)
            expect(Math.abs(one.x - x) < one.width + w && Math.abs(one.y - y) < one.height + h).toBe(false);
      }
    },
  );
});
