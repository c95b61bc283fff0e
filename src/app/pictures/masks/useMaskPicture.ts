import { useCallback, useState } from 'react';
import { maskOverlap } from '../../../models/papers/aread/maskReading';
import type { layoutFromLabels } from '../../../models/papers/aread/maskReading';
import { useInSteps } from '../../hooks/useInSteps';
import { pairRanks, rankCorrelation } from '../../../studies/statistics';
import { clusterOrder, reorder } from './order';

/** Beyond this many scenarios overlaps and their order are computed a step at a time. */
const MANY = 60;

export interface MaskPicture {
  /** Scenarios. */
  readonly count: number;
  /** Scenarios in the order of the masks' clusters, over all layers. */
  readonly order: readonly number[];
  /** Overlap ratios `[count * count]` in that order. */
  readonly ordered: Float32Array;
  /** Spearman's, with the true relatedness; null where either is unknown or constant. */
  readonly correlation: number | null;
}

/** The same array for as long as its numbers are the same: masks change only when a search ends. */
function useSame(newest: Float32Array | null): Float32Array | null {
  const [held, setHeld] = useState(newest);
  if (newest === held) return held;
  const same =
    newest !== null && held?.length === newest.length && newest.every((value, k) => value === held[k]);
  if (same) return held;
  setHeld(newest);
  return newest;
}

/**
 * Overlaps of masks in the order of their clusters.
 *
 * @param newest masks `[count, E]`
 * @param transition edges between two layers; null: all
 * @returns null before the first masks, and until many scenarios' first picture is computed
 */
export function useMaskPicture(
  layout: ReturnType<typeof layoutFromLabels>,
  newest: Float32Array | null,
  count: number,
  truth: Float32Array | null,
  transition: number | null,
): MaskPicture | null {
  const masks = useSame(newest);
  const work = useCallback(
    function* (): Generator<void, MaskPicture | null, void> {
      if (!masks) return null;
      const whole = maskOverlap(layout, masks, null);
      yield;
      const order = clusterOrder(whole, count);
      yield;
      const overlap = transition === null ? whole : maskOverlap(layout, masks, transition);
      const ordered = reorder(overlap, order);
      yield;
      if (truth) {
        pairRanks(truth, count);
        yield;
      }
      return { count, order, ordered, correlation: truth ? rankCorrelation(overlap, truth, count) : null };
    },
    [layout, masks, count, truth, transition],
  );
  const picture = useInSteps(work, count > MANY);
  // Of another run's scenarios: its picture is on the way.
  return picture?.count === count ? picture : null;
}
