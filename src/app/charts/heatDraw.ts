/** Cells and key of a heat map on a canvas. */
import { SCALE_STEPS, scaleTable, textOn } from '../colour/scales';
import type { ScaleKind, Theme } from '../colour/scales';
import { formatNumber } from '../format';
import type { HeatLayout } from './heatLayout';

/** There is no number, and there will be none: hatched. */
export const UNDEFINED = 0;
export const DEFINED = 1;
/** Nothing was computed so far: left clear. */
export const NOT_YET = 2;

export interface HeatValues {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: Float32Array;
  /** Of each cell `DEFINED`, `UNDEFINED` or `NOT_YET`; null: all are defined. */
  readonly defined: Uint8Array | null;
}

export interface HeatScale {
  readonly kind: ScaleKind;
  readonly min: number;
  readonly max: number;
}

/**
 * Ends of a scale in words. Where differences are so small that their own form writes them as zero, both ends would read alike: three meaningful digits say what
 * they are.
 */
export function endsOf(scale: HeatScale, format: (value: number) => string): readonly [string, string] {
  const most = scale.kind === 'signed' ? Math.max(Math.abs(scale.min), Math.abs(scale.max)) : scale.max;
  const least = scale.kind === 'signed' ? -most : scale.min;
  const texts = [format(least), format(most)] as const;
  return texts[0] === texts[1] && least !== most ? [formatNumber(least), formatNumber(most)] : texts;
}

/** Place of a value on its scale, 0…1; signed scales have zero at one half. */
export function placeOn(scale: HeatScale, value: number): number {
  if (scale.kind === 'signed') {
    const reach = Math.max(Math.abs(scale.min), Math.abs(scale.max)) || 1;
    return Math.min(1, Math.max(0, 0.5 + value / (2 * reach)));
  }
  return scale.max > scale.min
    ? Math.min(1, Math.max(0, (value - scale.min) / (scale.max - scale.min)))
    : 0.5;
}

function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

export interface DrawInput {
  readonly size: { readonly width: number; readonly height: number };
  readonly layout: HeatLayout;
  readonly data: HeatValues;
  readonly scale: HeatScale;
  readonly theme: Theme;
  readonly format: (value: number) => string;
  /** Colour of the hatching of undefined cells. */
  readonly hatch: string;
  /** Page colour, for the hairlines between large cells. */
  readonly page: string;
  readonly font: string;
}

/**
 * The part in view as pixels of a picture: a pixel a cell, or the mean of the cells that share a pixel. Undefined cells
 * do not count: where there are no others, every second pixel has the colour `hatch` (RGBA), so that an area looks hatched. Cells
 * that are not there yet stay clear.
 *
 * @param width pixels, at most the columns in view; `height` alike
 * @returns RGBA `[height * width * 4]`
 */
export function cellPixels(
  { layout: { view }, data, scale, theme }: Pick<DrawInput, 'layout' | 'data' | 'scale' | 'theme'>,
  width: number,
  height: number,
  hatch: ArrayLike<number>,
): Uint8ClampedArray<ArrayBuffer> {
  const table = scaleTable(scale.kind, theme);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const [fromRow, toRow] = [
      Math.floor((y * view.rows) / height),
      Math.floor(((y + 1) * view.rows) / height),
    ];
    for (let x = 0; x < width; x++) {
      const [fromColumn, toColumn] = [
        Math.floor((x * view.columns) / width),
        Math.floor(((x + 1) * view.columns) / width),
      ];
      let [sum, count, missing] = [0, 0, 0];
      for (let r = fromRow; r < toRow; r++) {
        for (let c = fromColumn; c < toColumn; c++) {
          const index = (view.row + r) * data.columns + view.column + c;
          if (data.defined !== null && data.defined[index] !== DEFINED) {
            if (data.defined[index] === UNDEFINED) missing++;
            continue;
          }
          sum += data.values[index]!;
          count++;
        }
      }
      const to = (y * width + x) * 4;
      if (count === 0) {
        if (missing > 0 && (x + y) % 2 === 0) pixels.set([hatch[0]!, hatch[1]!, hatch[2]!, hatch[3]!], to);
        continue;
      }
      const at = Math.round(placeOn(scale, sum / count) * (SCALE_STEPS - 1)) * 3;
      pixels[to] = table[at]!;
      pixels[to + 1] = table[at + 1]!;
      pixels[to + 2] = table[at + 2]!;
      pixels[to + 3] = 255;
    }
  }
  return pixels;
}

/** Cells without gaps as one picture, scaled up with sharp edges: one call in place of one a cell. */
function drawSmallCells(context: CanvasRenderingContext2D, input: DrawInput): void {
  const { layout } = input;
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const pixelsOf = (size: number, cells: number) => Math.max(1, Math.min(cells, Math.round(size * ratio)));
  const picture = document.createElement('canvas');
  picture.width = pixelsOf(layout.width, layout.view.columns);
  picture.height = pixelsOf(layout.height, layout.view.rows);
  const small = picture.getContext('2d');
  if (!small) return;
  // A colour of the page as numbers: painted, then read.
  small.fillStyle = input.hatch;
  small.fillRect(0, 0, 1, 1);
  const hatch = small.getImageData(0, 0, 1, 1).data;
  const pixels = cellPixels(input, picture.width, picture.height, hatch);
  small.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, layout.left, layout.top, layout.width, layout.height);
}

export function drawHeat(canvas: HTMLCanvasElement, input: DrawInput): void {
  const { layout, data, scale, theme } = input;
  const context = prepare(canvas, input.size.width, input.size.height);
  if (!context) return;
  const table = scaleTable(scale.kind, theme);
  const { view, cellWidth, cellHeight, left, top } = layout;
  const gap = Math.min(cellWidth, cellHeight) >= 8 ? 1 : 0;
  const withText = cellWidth >= 34 && cellHeight >= 16;
  if (gap === 0 && !withText) {
    drawSmallCells(context, input);
    return;
  }
  if (withText) {
    context.font = `11px ${input.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
  }
  for (let r = 0; r < view.rows; r++) {
    const y = top + r * cellHeight;
    for (let c = 0; c < view.columns; c++) {
      const index = (view.row + r) * data.columns + view.column + c;
      const x = left + c * cellWidth;
      const w = cellWidth - gap;
      const h = cellHeight - gap;
      if (data.defined !== null && data.defined[index] !== DEFINED) {
        if (data.defined[index] === NOT_YET) continue;
        context.strokeStyle = input.hatch;
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(x + 2, y + h - 2);
        context.lineTo(x + w - 2, y + 2);
        context.stroke();
        continue;
      }
      const value = data.values[index]!;
      const at = Math.round(placeOn(scale, value) * (SCALE_STEPS - 1)) * 3;
      const rgb = [table[at]!, table[at + 1]!, table[at + 2]!] as const;
      context.fillStyle = `rgb(${rgb[0]},${rgb[1]},${rgb[2]})`;
      context.fillRect(x, y, w, h);
      if (withText) {
        context.fillStyle = textOn(rgb);
        // Set narrower where a number would run into its neighbour's.
        context.fillText(input.format(value), x + w / 2, y + h / 2 + 0.5, w - 4);
      }
    }
  }
}

/** The key: the scale from end to end. */
export function drawKey(
  context: CanvasRenderingContext2D,
  scale: HeatScale,
  theme: Theme,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  const table = scaleTable(scale.kind, theme);
  for (let i = 0; i < box.width; i++) {
    const at = Math.round((i / Math.max(1, box.width - 1)) * (SCALE_STEPS - 1)) * 3;
    context.fillStyle = `rgb(${table[at]!},${table[at + 1]!},${table[at + 2]!})`;
    context.fillRect(box.x + i, box.y, 1.5, box.height);
  }
}
