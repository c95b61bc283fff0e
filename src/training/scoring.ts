/** Scores and probes of rows, batch by batch, recorded and replayed where the backend is WebGPU; one readback at the end. */
import * as tf from '@tensorflow/tfjs-core';
import { compileAhead, copyInto, createReplay, type ReplayableStep } from '../engine';
import { createProbeSums } from './probeValues';
import { passOver, type WritePass } from './repeatedPass';
import { yieldToEventLoop } from './yieldToEventLoop';
import type { HostBatch } from '../data/batches';
import type { AnyModel } from '../models/definition';
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

/** What a way of scoring adds to a pass. */
type ScoredFor = 'probes' | 'rows' | 'metrics';

/** Takes what is asked for from a pass, into tensors that last. */
interface Packer {
  readonly probes: ReturnType<typeof createProbeSums>;
  readonly packing: Packing;
  /** Scores, probabilities and columns of the last batch `[B, columns]`; null before the first. */
  readonly packed: tf.Tensor2D | null;
  readonly pack: WritePass;
  dispose(): void;
}

/** @param of `createScoring`'s */
export function createPacker(of: ScoredFor): Packer {
  const probes = createProbeSums();
  let packed: tf.Tensor2D | null = null;
  // Without a row there are a score and a probability of none.
  let packing: Packing = { names: ['score', 'probability'], widths: [1, 1] };
  return {
    probes,
    get packing() {
      return packing;
    },
    get packed() {
      return packed;
    },
    pack(pass) {
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
      if (of === 'probes') probes.add(pass.probes());
    },
    dispose() {
      probes.dispose();
      packed?.dispose();
      packed = null;
    },
  };
}

/**
 * A way of scoring that lasts as long as its model. Of several batches those after the first are replayed from the second call on at the
 * latest; the first of each call is run and compared with what is recorded, so that whatever changed in the model meanwhile shows.
 *
 * @param of `probes` adds up the model's probes; `rows` asks for the rows themselves, with all their columns; `metrics` for neither
 */
export function createScoring(
  { model, scenarios, batch: batchSize, fallBack }: ScoringOptions,
  of: ScoredFor,
): Scoring {
  const replay = createReplay(fallBack);
  const packer = createPacker(of);
  let compiled = false;

  const step = (batch: HostBatch, { pack }: Packer): ReplayableStep =>
    passOver({ model, scenarios, statistics: 'moving', write: pack }, batch);

  /** Once: the programs of a batch side by side. */
  async function compile(batch: HostBatch): Promise<void> {
    if (compiled) return;
    compiled = true;
    await compileAhead(() => {
      const unread = createPacker(of);
      step(batch, unread).run();
      unread.dispose();
    });
  }

  function scoreBatch(batch: HostBatch): tf.Tensor2D {
    replay.take(step(batch, packer));
    return tf.tidy(() => {
      const source = packer.packed!;
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
        packer.probes.begin();
        for (let from = 0; from < rows.length; from += batchSize) {
          const until = Math.min(from + batchSize, rows.length);
          const batch = read(rows.subarray(from, until));
          await compile(batch);
          chunks.push(scoreBatch(batch));
          done(until);
          await yieldToEventLoop();
        }
        return {
          ...(await unpack(chunks, packer.packing, rows.length)),
          probes: of === 'probes' ? await packer.probes.read(model.probes.map(({ name }) => name)) : [],
        };
      } finally {
        tf.dispose(chunks);
      }
    },
    dispose() {
      replay.dispose();
      packer.dispose();
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
