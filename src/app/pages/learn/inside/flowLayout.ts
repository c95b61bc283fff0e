/** Where the boxes of a flow stand: from left to right, or from top to bottom where the drawing is narrow. */
import type { Box, FlowPicture } from './flow';

const WIDE = { height: 380, box: { width: 50, height: 17 } };
const TALL = { height: 470, gap: 5 };
/** Width of a letter, in units: of a label, and of a number, which is bold. */
const LETTER = { label: 5.7, value: 7 };

export interface Placed {
  /** Centre. */
  readonly x: number;
  readonly y: number;
  /** Half of each side. */
  readonly width: number;
  readonly height: number;
}

export interface FlowLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Placed>;
}

export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

const halfHeight = ({ label, value }: Box): number => (label && value !== undefined ? WIDE.box.height : 10);

function wide({ boxes }: FlowPicture, width: number): FlowLayout {
  const places = new Map(
    boxes.map((box) => {
      const small = Math.max(box.label.length, box.value?.length ?? 0) <= 6;
      const half = { width: small ? 27 : WIDE.box.width, height: halfHeight(box) };
      const x = half.width + 2 + box.x * (width - 2 * half.width - 4);
      const y = half.height + 4 + box.y * (WIDE.height - 2 * half.height - 8);
      return [box.id, { ...half, x, y }] as const;
    }),
  );
  return { width, height: WIDE.height, places };
}

/** As wide as its words. */
function halfWidth({ label, value = '' }: Box): number {
  return Math.max(label.length * LETTER.label, value.length * LETTER.value) / 2;
}

/** Centres of one row's boxes, near where they should be, in their order, apart from each other and inside. */
function spread(wanted: readonly number[], halves: readonly number[], width: number): readonly number[] {
  const at = [...wanted];
  let left = 1;
  at.forEach((centre, k) => {
    at[k] = Math.max(centre, left + halves[k]!);
    left = at[k] + halves[k]! + TALL.gap;
  });
  let right = width - 1;
  for (let k = at.length - 1; k >= 0; k--) {
    at[k] = Math.min(at[k]!, right - halves[k]!);
    right = at[k]! - halves[k]! - TALL.gap;
  }
  // Pushed apart to the right alone, a row would stand beside its place.
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / at.length;
  const back = Math.max(0, Math.min(mean(at) - mean(wanted), at[0]! - halves[0]! - 1));
  return at.map((centre) => centre - back);
}

function tall({ boxes }: FlowPicture, width: number): FlowLayout {
  const rows = new Map<number, Box[]>();
  for (const box of boxes) rows.set(box.x, [...(rows.get(box.x) ?? []), box]);
  const places = new Map<string, Placed>();
  for (const [down, unsorted] of rows) {
    const row = unsorted.sort((a, b) => a.y - b.y);
    const words = row.map(halfWidth);
    const spare = (width - 2 - 2 * words.reduce((sum, half) => sum + half, 0)) / row.length - TALL.gap;
    const halves = words.map((half) => half + Math.max(1, Math.min(6, spare / 2)));
    const wanted = row.map(({ y }, k) => halves[k]! + y * (width - 2 * halves[k]!));
    spread(wanted, halves, width).forEach((x, k) => {
      const box = row[k]!;
      const height = halfHeight(box);
      const y = height + 2 + down * (TALL.height - 2 * height - 4);
      places.set(box.id, { x, y, width: halves[k]!, height });
    });
  }
  return { width, height: TALL.height, places };
}

/** @param width units across */
export function layOut(picture: FlowPicture, width: number, narrow: boolean): FlowLayout {
  return narrow ? tall(picture, width) : wide(picture, width);
}

/** From the edge of one box to that of another: along the way that the drawing goes, or straight where they stand level. */
export function joined(from: Placed, to: Placed, narrow: boolean): Line {
  const across = Math.abs(from.x - to.x) >= from.width + to.width;
  const down = Math.abs(from.y - to.y) >= from.height + to.height;
  const vertical = narrow ? down : !across;
  if (vertical) {
    const way = Math.sign(to.y - from.y);
    return { x1: from.x, y1: from.y + way * from.height, x2: to.x, y2: to.y - way * to.height };
  }
  const way = Math.sign(to.x - from.x) || 1;
  return { x1: from.x + way * from.width, y1: from.y, x2: to.x - way * to.width, y2: to.y };
}
