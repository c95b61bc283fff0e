/** From sums and counts to the numbers of a probe: the one place that divides. */
import * as tf from '@tensorflow/tfjs-core';
import type { ProbeTensor } from '../models/definition';
import type { ProbeValue } from './events';

/** `sum / count`; null without a count or where the result is not finite. */
export function meanOf(sum: number, count: number): number | null {
  const mean = sum / count;
  return count !== 0 && Number.isFinite(mean) ? mean : null;
}

/** The standard deviation of numbers with this sum and sum of squares; null as for `meanOf`. */
function deviationOf(sum: number, squares: number, count: number): number | null {
  const mean = sum / count;
  // Rounding can take a variance of nothing below 0.
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return count !== 0 && Number.isFinite(deviation) ? deviation : null;
}

/** A probe's numbers in row-major order; null is undefined and held as 0. */
export function probeValue(
  name: string,
  shape: readonly number[],
  cells: ArrayLike<number | null>,
): ProbeValue {
  return {
    name,
    shape: [...shape],
    values: Float32Array.from(cells, (cell) => cell ?? 0),
    defined: Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)),
  };
}

/**
 * Means of sums `shape` and counts over its leading axes, each repeated over the trailing ones; with sums of squares, standard
 * deviations.
 */
export function divideSums(
  name: string,
  shape: readonly number[],
  {
    sum,
    count,
    squares,
  }: Readonly<Record<'sum' | 'count', ArrayLike<number>>> & {
    readonly squares?: ArrayLike<number> | undefined;
  },
): ProbeValue {
  const trailing = sum.length / Math.max(1, count.length);
  const cells = Array.from(sum, (total, i) => {
    const of = count[Math.floor(i / trailing)]!;
    return squares ? deviationOf(total, squares[i]!, of) : meanOf(total, of);
  });
  return probeValue(name, shape, cells);
}

/** Sums and counts of every probe, added up on the device. */
interface ProbeSums {
  add(probes: Readonly<Record<string, ProbeTensor>>): void;
  /** The sums so far: the device's own. */
  tensors(): readonly tf.Tensor[];
  /** The numbers of those that were added, in the order of `names`. */
  read(names: readonly string[]): Promise<ProbeValue[]>;
  dispose(): void;
}

export function createProbeSums(): ProbeSums {
  let sums: Readonly<Record<string, ProbeTensor>> = {};
  const dispose = (): void => {
    tf.dispose(Object.values(sums).map((tensors) => ({ ...tensors })));
    sums = {};
  };
  const added = (one: tf.Tensor, earlier: tf.Tensor | undefined): tf.Tensor =>
    tf.keep(earlier ? tf.add(earlier, one) : tf.clone(one));
  return {
    dispose,
    add(probes) {
      const next = tf.tidy(() =>
        mapProbes(probes, (name, { sum, count, squares }) => {
          const before = sums[name];
          return {
            sum: added(sum, before?.sum),
            count: added(count, before?.count),
            ...(squares && { squares: added(squares, before?.squares) }),
          };
        }),
      );
      dispose();
      sums = next;
    },
    tensors: () =>
      Object.values(sums).flatMap(({ sum, count, squares }) => [sum, count, ...(squares ? [squares] : [])]),
    async read(names) {
      const values = await Promise.all(
        names.map(async (name) => {
          const found = sums[name];
          if (!found) return null;
          const [sum, count, squares] = await Promise.all([
            found.sum.data<'float32'>(),
            found.count.data<'float32'>(),
            found.squares?.data<'float32'>(),
          ]);
          return divideSums(name, found.sum.shape, { sum, count, squares });
        }),
      );
      return values.filter((value) => value !== null);
    },
  };
}

/** Tensors of the caller's own: a probe may hand out a live variable (a mask), which must not be freed with the rest. */
export function cloneProbes(probes: Readonly<Record<string, ProbeTensor>>): Record<string, OwnTensors> {
  return mapProbes(probes, (_, { sum, count, squares }) => ({
    sum: tf.clone(sum),
    count: tf.clone(count),
    ...(squares && { squares: tf.clone(squares) }),
  }));
}

type OwnTensors = Record<'sum' | 'count', tf.Tensor> & { squares?: tf.Tensor };

function mapProbes(
  probes: Readonly<Record<string, ProbeTensor>>,
  change: (name: string, probe: ProbeTensor) => OwnTensors,
): Record<string, OwnTensors> {
  return Object.fromEntries(Object.entries(probes).map(([name, probe]) => [name, change(name, probe)]));
}
