import type { TextColumn } from './table';
import { parseAnyDate } from './timeUnits';
import { isMissing, parseNumber } from './values';

/** Quantile buckets: bucket b holds values in `[edges[b-1], edges[b])`; local id b+1, 0 where there is no value. */
export interface Buckets {
  readonly edges: readonly number[];
  readonly size: number;
  readonly labels: readonly string[];
}

/** Number in each cell of a column, by code; dates count as seconds; NaN where there is none. */
export function numericValues(column: TextColumn): Float64Array {
  return Float64Array.from(column.values, (text) =>
    isMissing(text) ? NaN : (parseNumber(text) ?? parseAnyDate(text) ?? NaN),
  );
}

/**
 * Cuts values into at most `wanted` buckets of about equal numbers of training rows; equal values stay together, so a column
 * of few values has fewer buckets.
 *
 * @param values of training rows; NaN is left out.
 */
export function quantileBuckets(values: Float64Array, wanted: number): Buckets {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges: number[] = [];
  for (let k = 1; k < wanted; k++) {
    const at = Math.round((k * sorted.length) / wanted);
    const edge = sorted[at];
    if (edge === undefined || edge <= sorted[0]! || edge === edges[edges.length - 1]) continue;
    edges.push(edge);
  }
  const filled = sorted.length > 0;
  return { edges, size: filled ? edges.length + 2 : 1, labels: filled ? names(edges) : ['other'] };
}

function names(edges: readonly number[]): string[] {
  const show = (value: number): string => String(Number(value.toPrecision(6)));
  if (edges.length === 0) return ['other', 'any value'];
  return [
    'other',
    `below ${show(edges[0]!)}`,
    ...edges.map((edge, k) =>
      k + 1 < edges.length ? `${show(edge)} to ${show(edges[k + 1]!)}` : `${show(edge)} and above`,
    ),
  ];
}

/** Local id of a value. */
export function bucketOf(value: number, buckets: Buckets): number {
  if (Number.isNaN(value) || buckets.size === 1) return 0;
  let low = 0;
  let high = buckets.edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets.edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
