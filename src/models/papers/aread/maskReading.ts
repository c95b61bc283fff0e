/**
 * What a reader of AREAD's probes can say of masks (Mask Analysis): the layout from a probe's labels, density, overlap, use of
 * experts. Numbers in, numbers out; pages read masks through this file alone.
 */
import { activeHeads, edgeCount, maskLayout, type MaskLayout, type MaskValues } from './masks';

export type { MaskLayout };

/** A name for every edge, e.g. `1.0→2.3` (layer 1's first expert to layer 2's fourth). */
export function edgeLabels(layout: MaskLayout): string[] {
  return layout.transitions.flatMap(({ rows, columns }, t) =>
    Array.from(
      { length: rows * columns },
      (_, e) => `${t + 1}.${Math.floor(e / columns)}→${t + 2}.${e % columns}`,
    ),
  );
}

/**
 * The layout that `edgeLabels` belongs to, for readers that have only a probe's axis.
 *
 * @throws RangeError where the labels are not those of all edges between layers, in their order.
 */
export function layoutFromLabels(labels: readonly string[]): MaskLayout {
  const experts: number[] = [];
  for (const label of labels) {
    const found = /^(\d+)\.(\d+)→(\d+)\.(\d+)$/.exec(label);
    if (!found)
      throw new RangeError(
        `"${label}" names no edge between expert layers; an edge is written layer.expert→layer.expert.`,
      );
    const [below = 0, i = 0, above = 0, n = 0] = found.slice(1).map(Number);
    // Every layer has an edge to the next: larger numbers would ask for layers that nothing names.
    if (below < 1 || below > labels.length || above > labels.length + 1) throw misnamed(labels);
    experts[below - 1] = Math.max(experts[below - 1] ?? 0, i + 1);
    experts[above - 1] = Math.max(experts[above - 1] ?? 0, n + 1);
  }
  const layout = maskLayout(Array.from(experts, (count = 0) => count));
  if (layout.edges !== labels.length || edgeLabels(layout).some((label, e) => label !== labels[e]))
    throw misnamed(labels);
  return layout;
}

function misnamed(labels: readonly string[]): RangeError {
  return new RangeError(
    `${labels.length} labels name no whole set of edges between expert layers; every expert of a layer has one to each of the next.`,
  );
}

/** Whether labels are those of all edges between layers, so that masks can be drawn. */
export function nameAllEdges(labels: readonly string[]): boolean {
  try {
    layoutFromLabels(labels);
    return true;
  } catch {
    return false;
  }
}

/** Share of edges kept, 0…1: what the paper calls sparsity S. */
export function maskDensity(mask: MaskValues): number {
  return edgeCount(mask) / mask.length;
}

/**
 * How much each scenario uses each expert, layer after layer `[N * Σ N_l]`; a layer's shares sum to 1. Below the last layer: the
 * expert's part of what leaves its layer, Σ_n M·g; of the last layer: 1 / |K| for an active head.
 *
 * @param masks all scenarios' masks, and `gates` their mean gates `[N * E]`.
 */
export function expertUse(layout: MaskLayout, masks: MaskValues, gates: ArrayLike<number>): Float32Array {
  const { edges, experts, transitions } = layout;
  const width = experts.reduce((sum, count) => sum + count, 0);
  const n = masks.length / edges;
  const out = new Float32Array(n * width);
  for (let d = 0; d < n; d++) {
    let at = d * width;
    for (const { rows, columns, offset } of transitions) {
      let all = 0;
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const e = d * edges + offset + i * columns + j;
          const passed = masks[e] ? gates[e]! : 0;
          out[at + i]! += passed;
          all += passed;
        }
      for (let i = 0; i < rows; i++) out[at + i]! /= all || 1;
      at += rows;
    }
    const heads = activeHeads(layout, masks.slice(d * edges, (d + 1) * edges));
    const active = edgeCount(heads) || 1;
    heads.forEach((here, j) => (out[at + j] = here / active));
  }
  return out;
}

/**
 * Mask Overlap Ratio of every two scenarios, |M ∩ M'| / |M ∪ M'| (Mask Analysis) `[N * N]`: symmetric, 1 on the
 * diagonal and where neither has an edge.
 *
 * @param masks all scenarios' masks `[N * E]`.
 * @param transition index of one transition, or null for all edges.
 */
export function maskOverlap(
  layout: MaskLayout,
  masks: MaskValues,
  transition: number | null = null,
): Float32Array {
  const n = masks.length / layout.edges;
  if (!Number.isInteger(n)) {
    throw new RangeError(
      `${masks.length} values are no masks of ${layout.edges} edges each; masks and layout must be of one model.`,
    );
  }
  const part = transition === null ? null : layout.transitions[transition];
  if (part === undefined) {
    throw new RangeError(
      `There is no transition ${transition}; masks of ${layout.experts.join(', ')} experts have ${layout.transitions.length}.`,
    );
  }
  const from = part ? part.offset : 0;
  const to = part ? part.offset + part.rows * part.columns : layout.edges;
  const out = new Float32Array(n * n);
  for (let a = 0; a < n; a++)
    for (let b = a; b < n; b++) {
      let both = 0;
      let either = 0;
      for (let e = from; e < to; e++) {
        const inA = masks[a * layout.edges + e] ? 1 : 0;
        const inB = masks[b * layout.edges + e] ? 1 : 0;
        both += inA & inB;
        either += inA | inB;
      }
      out[a * n + b] = out[b * n + a] = either === 0 ? 1 : both / either;
    }
  return out;
}

/** Expected overlap of two random masks of density S: S / (2 − S), 0.25 at 0.4. */
export function randomOverlap(density: number): number {
  return density / (2 - density);
}
