/** Labels at the ends of lines, moved apart so that none covers another. */

/**
 * @param wanted heights at which labels would stand
 * @returns heights at least `gap` apart where that fits between `top` and `bottom`, as near to the wanted ones as in
 *   order allows
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  top: number,
  bottom: number,
): readonly number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  // Too many for the height: closer together, still in order.
  const space = order.length > 1 ? Math.min(gap, (bottom - top) / (order.length - 1)) : gap;
  // Pool adjacent labels that collide into blocks centred on their mean (isotonic regression).
  const blocks: { sum: number; count: number }[] = [];
  const centre = (block: { sum: number; count: number }) => block.sum / block.count;
  order.forEach((index, k) => {
    blocks.push({ sum: wanted[index]! - k * space, count: 1 });
    while (blocks.length > 1 && centre(blocks.at(-2)!) >= centre(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      const before = blocks.at(-1)!;
      before.sum += last.sum;
      before.count += last.count;
    }
  });
  const placed = new Array<number>(wanted.length);
  const limit = bottom - space * (order.length - 1);
  let k = 0;
  for (const block of blocks) {
    const base = Math.max(top, Math.min(limit, centre(block)));
    for (let i = 0; i < block.count; i++, k++) placed[order[k]!] = base + k * space;
  }
  return placed;
}

/**
 * A name in so many letters: without what stands in brackets behind it ("Scenario 1 (large)"), else its beginning and its end,
 * where names differ ("Scena… 25").
 */
export function shortName(full: string, most: number): string {
  if (full.length <= most) return full;
  const name = full.replace(/ \([^()]*\)$/, '');
  if (name.length <= most) return name;
  const tail = Math.max(0, Math.min(4, Math.floor(most / 2) - 1));
  return `${name.slice(0, Math.max(1, most - 1 - tail))}…${tail === 0 ? '' : name.slice(-tail)}`;
}

/**
 * A name with as many of its letters as fit into `room`, at least two and at most `most`.
 *
 * @param widthOf a text's width, in the unit of `room`
 */
export function fittedName(
  full: string,
  room: number,
  most: number,
  widthOf: (text: string) => number,
): string {
  for (let letters = Math.min(most, full.length); letters > 2; letters--) {
    const name = shortName(full, letters);
    if (widthOf(name) <= room) return name;
  }
  return shortName(full, 2);
}

/** Labels take no more than this share of a chart's width. */
const SHARE = 1 / 6;
const LETTER = 6.6;
/** The line that leads to a label, and the gap behind it. */
const LEAD = 13;
/** `0.6123` and the space before it. */
const VALUE_LETTERS = 7;
/** Fewer letters than this name nothing. */
const FEWEST_LETTERS = 6;

export interface LabelRoom {
  /** Pixels right of the plot. */
  readonly width: number;
  /** Letters of a name that stand there; longer names end in an ellipsis. */
  readonly letters: number;
  /** Whether the last value stands behind the name; else only where a line is read. */
  readonly values: boolean;
}

/**
 * How labels stand right of a chart that is `width` pixels wide: with their values where the names leave room for them.
 *
 * @param fixed pixels that they get, to stand in line with another chart; else as many as they need up to a sixth
 */
export function labelRoom(width: number, labels: readonly string[], fixed?: number): LabelRoom {
  const most = fixed ?? width * SHARE;
  const longest = labels.reduce((max, label) => Math.max(max, label.length), 0);
  const room = Math.max(FEWEST_LETTERS, Math.floor((most - LEAD) / LETTER));
  const values = longest + VALUE_LETTERS <= room;
  const letters = Math.min(longest, room);
  // While a line is read its value stands in place of its name.
  const drawn = values ? letters + VALUE_LETTERS : Math.max(letters, VALUE_LETTERS - 1);
  return { width: fixed ?? Math.min(most, LEAD + LETTER * drawn), letters, values };
}
