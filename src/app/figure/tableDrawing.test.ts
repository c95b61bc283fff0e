// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { tableToSvg } from './tableDrawing';

const font = 'serif, "Odd & Sons"';

function parsed(svg: string): Document {
  const page = new DOMParser().parseFromString(svg, 'image/svg+xml');
  expect(page.querySelector('parsererror')).toBeNull();
  return page;
}

describe('a table as a picture', () => {
  it('holds every cell, says undefined where there is no number, and is one valid document', () => {
    const { text, width } = tableToSvg(
      'AUC <by> set-up & seed',
      {
        columns: ['scenario', 'a & b'],
        rows: [
          ['Scenario "1"', 0.61234],
          ['mean', null],
        ],
      },
      font,
    );
    const page = parsed(text);
    const words = [...page.querySelectorAll('text')].map((one) => one.textContent);
    expect(words).toEqual([
      'AUC <by> set-up & seed',
      'scenario',
      'a & b',
      'Scenario "1"',
      '0.6123',
      'mean',
      'undefined',
    ]);
    // Nothing stands outside the paper.
    for (const one of page.querySelectorAll('text'))
      expect(Number(one.getAttribute('x'))).toBeLessThanOrEqual(width);
  });

  it('says how many rows it leaves to the files', () => {
    const rows = Array.from({ length: 1000 }, (_, k) => [`row ${k}`, k]);
    const { text } = tableToSvg('many', { columns: ['row', 'k'], rows }, font);
    const words = [...parsed(text).querySelectorAll('text')].map((one) => one.textContent);
    expect(words.at(-1)).toBe('and 600 more rows, in the CSV and JSON files');
    expect(words).toHaveLength(1 + 2 + 2 * 400 + 1);
  });

  it('sets long heads in lines, and no head or cell over its neighbour', () => {
    const columns = [
      'scenario',
      'CausalInt, Conflict weight 0.5, Learning rate 0.001',
      'MMoE, Experts 8',
      'AREAD, Unbreakablesettingnameofmanyletters on',
    ];
    const rows = [['Scenario with a rather long name', '0.6123 ± 0.0012 (+0.0021***)', '', 'too few']];
    const { text, width } = tableToSvg('t', { columns, rows }, font, (one) => 7 * one.length);
    const boxes = [...parsed(text).querySelectorAll('text')].slice(1).map((one) => {
      const [x, y, w] = [
        Number(one.getAttribute('x')),
        Number(one.getAttribute('y')),
        7 * one.textContent.length,
      ];
      return { y, from: one.getAttribute('text-anchor') === 'end' ? x - w : x, w };
    });
    expect(boxes.length).toBeGreaterThan(9);
    for (const [k, a] of boxes.entries()) {
      expect(a.from).toBeGreaterThanOrEqual(0);
      expect(a.from + a.w).toBeLessThanOrEqual(width);
      for (const b of boxes.slice(k + 1))
        expect(a.y !== b.y || a.from + a.w < b.from || b.from + b.w < a.from || a.w * b.w === 0).toBe(true);
    }
  });
});
