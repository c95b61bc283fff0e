/** From sums and counts to the numbers of a probe: the one place that divides. */
import * as tf from '@tensorflow/tfjs-core';
import { addInto, copyInto } from '../engine';
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

/** Sums and counts of every probe, added up on the device in tensors that last: recorded passes add to them where they are. */
interface ProbeSums {
  /** @throws RangeError for other probes than the first that were added since `begin` */
  add(probes: Readonly<Record<string, ProbeTensor>>): void;
  /** Starts anew. */
  begin(): void;
  /** The numbers of those that were added, in the order of `names`. */
  read(names: readonly string[]): Promise<ProbeValue[]>;
  dispose(): void;
}

type OwnTensors = Record<'sum' | 'count', tf.Tensor> & { squares?: tf.Tensor };

const partsOf = ({ sum, count, squares }: ProbeTensor): readonly tf.Tensor[] =>
  squares ? [sum, count, squares] : [sum, count];

/** Names and shapes of probes as one text. */
const outlineOf = (probes: Readonly<Record<string, ProbeTensor>>): string =>
  JSON.stringify(
    Object.entries(probes).map(([name, probe]) => [name, partsOf(probe).map(({ shape }) => shape)]),
  );

export function createProbeSums(): ProbeSums {
  let sums: Readonly<Record<string, OwnTensors>> = {};
  let outline = '{}';
  /** Something was added since `begin`: what is added must be of the same probes. */
  let begun = false;

  const dispose = (): void => {
    tf.dispose(Object.values(sums).map((tensors) => ({ ...tensors })));
    sums = {};
    outline = '{}';
  };
  function make(probes: Readonly<Record<string, ProbeTensor>>, as: string): void {
    if (begun) throw new RangeError('A model’s probes changed between two batches of one evaluation.');
    dispose();
    const zeros = (like: tf.Tensor): tf.Tensor => tf.keep(tf.zeros(like.shape));
    sums = Object.fromEntries(
      Object.entries(probes).map(([name, { sum, count, squares }]) => [
        name,
        { sum: zeros(sum), count: zeros(count), ...(squares && { squares: zeros(squares) }) },
      ]),
    );
    outline = as;
  }

  return {
    dispose,
    begin() {
      begun = false;
      tf.tidy(() => {
        for (const target of Object.values(sums).flatMap(partsOf))
          copyInto({ target, source: tf.zeros(target.shape) });
      });
    },
    add(probes) {
      const given = outlineOf(probes);
      if (given !== outline) make(probes, given);
      begun = true;
      for (const [name, probe] of Object.entries(probes)) {
        const targets = partsOf(sums[name]!);
        partsOf(probe).forEach((source, k) => addInto({ target: targets[k]!, source }, { scale: 1 }));
      }
    },
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
