// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { tableToSvg } from './tableDrawing';

const ink = { paper: '#fff', ink: '#000', rule: '#ccc', font: 'serif, "Odd & Sons"' };

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
      ink,
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
    const { text } = tableToSvg('many', { columns: ['row', 'k'], rows }, ink);
    const words = [...parsed(text).querySelectorAll('text')].map((one) => one.textContent);
    expect(words.at(-1)).toBe('and 600 more rows, in the CSV and JSON files');
    expect(words).toHaveLength(1 + 2 + 2 * 400 + 1);
  });
});
