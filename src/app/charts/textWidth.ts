/** Widths of texts in the page's own font, in pixels: fonts differ by a third, so letters cannot be counted. */

/** Pixels of a letter of 1 px size, at most, of usual names; where nothing can be drawn, as in tests, they are counted. */
const LETTER = 0.56;

let pen: CanvasRenderingContext2D | null | undefined;
let family = '';

/** What texts are measured with; null where there is none. */
function measuring(): CanvasRenderingContext2D | null {
  if (pen !== undefined) return pen;
  family = getComputedStyle(document.body).fontFamily || 'sans-serif';
  return (pen = document.createElement('canvas').getContext('2d'));
}

/** Pixels of a text whose digits are all as wide as a 0, as charts draw them. */
export function textWidth(text: string, size: number, weight = 400): number {
  const context = measuring();
  if (!context) return text.length * size * LETTER;
  context.font = `${weight} ${size}px ${family}`;
  return context.measureText(text.replace(/\d/g, '0')).width;
}
