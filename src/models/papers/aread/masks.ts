/**
 * Mask algebra of hierarchical expert mask pruning (AREAD, Algorithm 1, Eq 4, Eq 7 and Mask Analysis): plain arrays in,
 * plain arrays out, no tensors, so that the procedure and the tests share it; `maskReading.ts` is for readers of probes.
 *
 * A mask is the row of edges of all transitions between expert layers, one after the other; the edge from expert `i` of
 * layer l-1 to expert `n` of layer l stands at `offset + i * columns + n`. 1 keeps an edge, 0 cuts it.
 */

export type MaskValues = Uint8Array | Float32Array | readonly number[];

export interface MaskTransition {
  /** Experts of the lower layer, N_{l-1}. */
  readonly rows: number;
  /** Experts of the upper layer, N_l. */
  readonly columns: number;
  /** First edge of this transition in a mask's row. */
  readonly offset: number;
}

export interface MaskLayout {
  /** Experts by layer, e.g. 3, 6, 12. */
  readonly experts: readonly number[];
  /** Transitions l = 2 … H, from the lowest up. */
  readonly transitions: readonly MaskTransition[];
  /** E, edges over all transitions (90 for 3, 6, 12). */
  readonly edges: number;
}

/** @throws RangeError for fewer than two layers or an empty layer. */
export function maskLayout(experts: readonly number[]): MaskLayout {
  if (experts.length < 2 || experts.some((count) => count < 1)) {
    throw new RangeError(`Masks need at least two layers of experts; got ${experts.join(', ') || 'none'}.`);
  }
  const transitions: MaskTransition[] = [];
  let offset = 0;
  for (let l = 1; l < experts.length; l++) {
    const rows = experts[l - 1]!;
    const columns = experts[l]!;
    transitions.push({ rows, columns, offset });
    offset += rows * columns;
  }
  return { experts, transitions, edges: offset };
}

/** The mask that keeps every edge `[E]`. */
export function onesMask(layout: MaskLayout): Uint8Array {
  return new Uint8Array(layout.edges).fill(1);
}

/** Edges kept, ‖T‖₀. */
export function edgeCount(mask: MaskValues): number {
  let count = 0;
  for (let e = 0; e < mask.length; e++) if (mask[e]) count++;
  return count;
}

/**
 * Keeps exactly the edges that lie on a complete path from the first layer to the last: an expert without input, or
 * whose output goes nowhere, takes no part. One sweep up and one sweep down find them.
 */
export function validateMask(layout: MaskLayout, mask: MaskValues): Uint8Array {
  const reached: Uint8Array[] = [new Uint8Array(layout.experts[0]!).fill(1)];
  for (const { rows, columns, offset } of layout.transitions) {
    const below = reached[reached.length - 1]!;
    const here = new Uint8Array(columns);
    for (let i = 0; i < rows; i++)
      for (let n = 0; n < columns; n++) if (below[i] && mask[offset + i * columns + n]) here[n] = 1;
    reached.push(here);
  }
  const out = new Uint8Array(layout.edges);
  let wanted = new Uint8Array(layout.experts[layout.experts.length - 1]!).fill(1);
  for (let t = layout.transitions.length - 1; t >= 0; t--) {
    const { rows, columns, offset } = layout.transitions[t]!;
    const below = new Uint8Array(rows);
    for (let i = 0; i < rows; i++)
      for (let n = 0; n < columns; n++) {
        const e = offset + i * columns + n;
        if (!mask[e] || !wanted[n]) continue;
        below[i] = 1;
        if (reached[t]![i]) out[e] = 1;
      }
    wanted = below;
  }
  return out;
}

/** Experts of one layer (0 is the first) with an edge in the mask; the last layer's are the active heads K (Eq 7). */
export function activeExperts(layout: MaskLayout, mask: MaskValues, layer: number): Uint8Array {
  const first = layer === 0;
  const { rows, columns, offset } = layout.transitions[first ? 0 : layer - 1]!;
  const active = new Uint8Array(first ? rows : columns);
  for (let i = 0; i < rows; i++)
    for (let n = 0; n < columns; n++) if (mask[offset + i * columns + n]) active[first ? i : n] = 1;
  return active;
}

/** Active heads K(M) (Eq 7). */
export function activeHeads(layout: MaskLayout, mask: MaskValues): Uint8Array {
  return activeExperts(layout, mask, layout.experts.length - 1);
}

/**
 * How many edges to prune when `n` are left, for every n = 0 … E: 0 at or below the target density (the `break` of
 * Algorithm 1), else ⌊αn + ½⌋ and at least one. A table, so that the device and the host round alike.
 */
export function pruneCounts(edges: number, rate: number, target: number): Int32Array {
  return Int32Array.from({ length: edges + 1 }, (_, n) =>
    n <= target * edges + 1e-9 ? 0 : Math.max(1, Math.floor(rate * n + 0.5 + 1e-9)),
  );
}

/**
 * One pruning step of Algorithm 1 (line 11): cuts the kept edges of smallest value, over all layers jointly; equal
 * values fall in order of their place. Then only complete paths stay. A prune that would cut the last path is undone.
 *
 * @param values importance of each edge `[E]`, the batch mean of the gates (times the layer's scale).
 * @param counts from `pruneCounts`.
 */
export function pruneMask(
  layout: MaskLayout,
  mask: MaskValues,
  values: ArrayLike<number>,
  counts: Int32Array,
): Uint8Array {
  const kept: number[] = [];
  for (let e = 0; e < layout.edges; e++) if (mask[e]) kept.push(e);
  const prune = counts[kept.length]!;
  const pruned = Uint8Array.from(mask);
  kept.sort((a, b) => values[a]! - values[b]! || a - b);
  for (const e of kept.slice(0, prune)) pruned[e] = 0;
  const valid = validateMask(layout, pruned);
  return edgeCount(valid) > 0 ? valid : Uint8Array.from(mask);
}

/** The share of largest values, over all layers jointly; equal values are kept in order of their place. */
export function topMask(layout: MaskLayout, values: ArrayLike<number>, share: number): Uint8Array {
  const order = Array.from({ length: layout.edges }, (_, e) => e);
  order.sort((a, b) => values[b]! - values[a]! || a - b);
  const mask = new Uint8Array(layout.edges);
  const keep = Math.min(layout.edges, Math.max(1, Math.floor(share * layout.edges + 0.5 + 1e-9)));
  for (const e of order.slice(0, keep)) mask[e] = 1;
  return mask;
}

/** Random decisions of one candidate: each edge flips where its uniform number falls below `min(1, |deviate|)`. */
export interface FlipDraw {
  /** A normal number of deviation σ. */
  readonly deviate: number;
  /** Uniform numbers in [0, 1) `[E]`. */
  readonly uniforms: ArrayLike<number>;
}

/**
 * A candidate mask (Algorithm 1, line 8): the top share of gates, some edges inverted, only complete paths kept. Where
 * nothing survives, the mask before inversion; where that has no path either, all edges.
 *
 * @param union a mask whose edges are added, or null (the official code adds the present mask).
 */
export function initialMask(
  layout: MaskLayout,
  values: ArrayLike<number>,
  share: number,
  flips: FlipDraw,
  union: MaskValues | null = null,
): Uint8Array {
  const top = topMask(layout, values, share);
  const chance = Math.min(1, Math.abs(flips.deviate));
  const flipped = top.map((kept, e) => (flips.uniforms[e]! < chance ? 1 - kept : kept));
  const joined = (mask: Uint8Array): Uint8Array =>
    validateMask(layout, union ? mask.map((kept, e) => (kept || union[e] ? 1 : 0)) : mask);
  for (const mask of [joined(flipped), joined(top)]) if (edgeCount(mask) > 0) return mask;
  return onesMask(layout);
}

/** Factor of every edge for `gateScale`: 1, or N_{l-1}, since a softmax over more experts gives smaller gates. */
export function edgeScale(layout: MaskLayout, scale: 'none' | 'layer'): Float32Array {
  const factor = new Float32Array(layout.edges);
  for (const { rows, columns, offset } of layout.transitions)
    factor.fill(scale === 'layer' ? rows : 1, offset, offset + rows * columns);
  return factor;
}
