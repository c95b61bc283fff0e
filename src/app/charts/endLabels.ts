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

/** Pixels beside a chart that the longest label and its number need. */
export function labelRoom(labels: readonly string[]): number {
  return Math.min(230, 66 + 6.2 * labels.reduce((max, label) => Math.max(max, label.length), 0));
}
