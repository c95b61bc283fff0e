/** Scores and probes of rows, batch by batch, recorded and replayed where the backend is WebGPU; one readback at the end. */
import * as tf from '@tensorflow/tfjs-core';
import { copyInto, createReplay } from '../engine';
import { batchInputs } from '../models/inputs';
import { forwardPass } from './forward';
import { createProbeSums } from './probeValues';
import { yieldToEventLoop } from './yieldToEventLoop';
import type { HostBatch } from '../data/batches';
import type { AnyModel, AnyPass } from '../models/definition';
import type { ProbeValue } from './events';

export interface Scored {
  readonly score: Float32Array;
  readonly probability: Float32Array;
  readonly columns: Readonly<Record<string, Float32Array>>;
  readonly probes: readonly ProbeValue[];
}

/** What the columns of one chunk's readback mean. */
interface Packing {
  readonly names: readonly string[];
  readonly widths: readonly number[];
}

export interface ScoringOptions {
  readonly model: AnyModel;
  readonly scenarios: number;
  /** Rows of a batch. */
  readonly batch: number;
  /** Told why passes go on without a recording. */
  readonly fallBack: (reason: string) => void;
}

export interface Scoring {
  /**
   * Scores `rows` with the inference path; one call at a time.
   *
   * @param read makes the batch of some rows
   * @param done told after each batch how many rows are scored
   */
  score(
    rows: Int32Array,
    read: (rows: Int32Array) => HostBatch,
    done?: (rows: number) => void,
  ): Promise<Scored>;
  dispose(): void;
}

const noted = (): void => undefined;

/**
 * A way of scoring that lasts as long as its model. Of several batches those after the first are replayed from the second call on at the
 * latest; the first of each call is run and compared with what is recorded, so that whatever changed in the model meanwhile shows.
 *
 * @param of `probes` adds up the model's probes; `rows` asks for the rows themselves, with all their columns; `metrics` for neither
 */
export function createScoring(
  { model, scenarios, batch: batchSize, fallBack }: ScoringOptions,
  of: 'probes' | 'rows' | 'metrics',
): Scoring {
  const withProbes = of === 'probes';
  const replay = createReplay(fallBack);
  const probes = createProbeSums();
  /** Scores, probabilities and columns of the last batch `[B, columns]`. */
  let packed: tf.Tensor2D | null = null;
  // Without a row there are a score and a probability of none.
  let packing: Packing = { names: ['score', 'probability'], widths: [1, 1] };

  function pack(pass: AnyPass): void {
    const { score, probability, columns } = pass.scores();
    const entries = Object.entries({ ...columns, ...(of === 'rows' ? pass.requested() : {}) });
    packing = {
      names: ['score', 'probability', ...entries.map(([name]) => name)],
      widths: [1, 1, ...entries.map(([, column]) => column.shape[1])],
    };
    const parts = [score, probability, ...entries.map(([, column]) => column)];
    const source = tf.concat(parts, 1);
    if (packed?.shape[1] !== source.shape[1]) {
      packed?.dispose();
      packed = tf.keep(tf.zeros<tf.Rank.R2>(source.shape));
    }
    copyInto({ target: packed, source });
    if (withProbes) probes.add(pass.probes());
  }

  function scoreBatch(batch: HostBatch): tf.Tensor2D {
    replay.take({
      run() {
        forwardPass(model, scenarios, batch, 'moving', (pass) => {
          pack(pass);
          return [];
        });
      },
      inputs: () => batchInputs(batch),
    });
    return tf.tidy(() => {
      const source = packed!;
      const target = tf.zeros<tf.Rank.R2>(source.shape);
      copyInto({ target, source });
      return target;
    });
  }

  return {
    async score(rows, read, done = noted) {
      const chunks: tf.Tensor2D[] = [];
      try {
        replay.check();
        probes.begin();
        for (let from = 0; from < rows.length; from += batchSize) {
          const until = Math.min(from + batchSize, rows.length);
          chunks.push(scoreBatch(read(rows.subarray(from, until))));
          done(until);
          await yieldToEventLoop();
        }
        return {
          ...(await unpack(chunks, packing, rows.length)),
          probes: withProbes ? await probes.read(model.probes.map(({ name }) => name)) : [],
        };
      } finally {
        tf.dispose(chunks);
      }
    },
    dispose() {
      replay.dispose();
      probes.dispose();
      packed?.dispose();
      packed = null;
    },
  };
}

async function unpack(
  chunks: tf.Tensor2D[],
  { names, widths }: Packing,
  count: number,
): Promise<Omit<Scored, 'probes'>> {
  const all = chunks.length > 0 ? tf.concat(chunks, 0) : null;
  const data = all ? await all.data<'float32'>() : new Float32Array(0);
  all?.dispose();
  const width = widths.reduce((sum, w) => sum + w, 0);
  const columns: Record<string, Float32Array> = {};
  let at = 0;
  names.forEach((name, c) => {
    const w = widths[c]!;
    const column = new Float32Array(count * w);
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < w; k++) column[row * w + k] = data[row * width + at + k]!;
    }
    columns[name] = column;
    at += w;
  });
  const { score, probability, ...rest } = columns;
  return { score: score!, probability: probability!, columns: rest };
}
