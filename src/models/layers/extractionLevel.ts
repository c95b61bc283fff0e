/**
 * A level of Progressive Layered Extraction (Tang et al., RecSys 2020); one level alone is Customized Gate Control.
 *
 * Experts are one stack, ordered [scenario 0's, …, scenario N-1's, shared]. In the last level only the row's own stream is
 * mixed, because only that one is read.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul, matMul, mixExpertsStacked, oneHotRows } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import type { Inputs } from '../definition';
import { createScenarioGate, createSharedGate } from './gate';
import { isShared } from './stackedLinear';
import { createStackedMlp, type StackedMlp, type StackedMlpOptions } from './stackedMlp';

/**
 * With more scenarios than this the last level computes, for each row, the experts that the row reads and no others; with fewer all
 * experts in one product take no longer. With batch norm an expert is normalised over all rows, so all are computed.
 */
const ALL_EXPERTS_UP_TO = 8;

interface ExtractionLevelOptions extends Omit<StackedMlpOptions, 'stack'> {
  readonly specific: number;
  readonly shared: number;
  readonly last: boolean;
}

/** What a level hands on: every scenario's stream and the shared one, `[N + 1, B, w]`. */
export type Streams = tf.Tensor3D;

/** The two of them that a row's own experts and the shared ones read: its scenario's and the shared one, each `[B, w]`. */
export interface OwnStreams {
  readonly own: tf.Tensor2D;
  readonly common: tf.Tensor2D;
}

type Entry = tf.Tensor2D | Streams;
const isOwn = (entry: Entry | OwnStreams): entry is OwnStreams => 'common' in entry;

/**
 * Which expert each gate entry of each stream means, as a constant: `[N, S + M, E]` with a 1 at the expert. Multiplying
 * gates by it lays them out over all experts.
 */
function gateLayout(scenarios: number, specific: number, shared: number): tf.Tensor3D {
  const members = specific + shared;
  const experts = scenarios * specific + shared;
  const values = new Float32Array(scenarios * members * experts);
  for (let n = 0; n < scenarios; n++) {
    for (let m = 0; m < members; m++) {
      const expert = m < specific ? n * specific + m : scenarios * specific + m - specific;
      values[(n * members + m) * experts + expert] = 1;
    }
  }
  return tf.tensor3d(values, [scenarios, members, experts]);
}

/** Parameters `<name>.expert.k.*`, `<name>.gate.*` `[N, in, S + M]` and, but for the last level, `<name>.sharedGate.*`. */
export function createExtractionLevel(
  collected: VariableFactory,
  name: string,
  options: ExtractionLevelOptions,
) {
  const { scenarios, specific, shared, last } = options;
  const experts = scenarios * specific + shared;
  const stack = createStackedMlp(collected, `${name}.expert`, { ...options, stack: experts });
  const gate = createScenarioGate(collected, `${name}.gate`, scenarios, options.input, specific + shared);
  const sharedGate = last ? null : createSharedGate(collected, `${name}.sharedGate`, options.input, experts);

  /** Each expert's input `[E, B, w]` from the streams. */
  const fan = (streams: Streams): tf.Tensor3D => {
    const width = streams.shape[2];
    const rows = streams.shape[1];
    const own = tf.slice(streams, [0, 0, 0], [scenarios, rows, width]);
    const common = tf.slice(streams, [scenarios, 0, 0], [1, rows, width]);
    const owns = tf.reshape<tf.Rank.R3>(tf.tile(tf.expandDims(own, 1), [1, specific, 1, 1]), [
      scenarios * specific,
      rows,
      width,
    ]);
    return tf.concat<tf.Tensor3D>([owns, tf.tile(common, [shared, 1, 1])], 0);
  };

  /** The shared stream's input of each row. */
  const commonInput = (entry: Entry | OwnStreams): tf.Tensor2D => {
    if (isOwn(entry)) return entry.common;
    if (isShared(entry)) return entry;
    const [, rows, width] = entry.shape;
    return tf.reshape(tf.slice3d(entry, [scenarios, 0, 0], [1, rows, width]), [rows, width]);
  };

  /** The experts that each row reads, its own and then the shared ones `[S + M, B, w]`, by a stack that routes rows. */
  const readExperts = (
    routed: NonNullable<StackedMlp['routed']>,
    own: tf.Tensor2D,
    common: tf.Tensor2D,
    { batch, scenario }: Inputs,
    mode: Mode,
  ): tf.Tensor3D => {
    const of = tf.cast(scenario, 'float32');
    const members = Array.from({ length: specific + shared }, (_, m) =>
      m < specific
        ? tf.add<tf.Tensor1D>(tf.mul(of, specific), m)
        : tf.fill<tf.Rank.R1>([batch], scenarios * specific + m - specific),
    );
    const route = oneHotRows(tf.cast(tf.concat1d(members), 'int32'), experts);
    const rows = tf.concat2d(
      members.map((_, m) => (m < specific ? own : common)),
      0,
    );
    return tf.reshape(routed(rows, route, mode), [specific + shared, batch, stack.outputWidth]);
  };

  /** Own stream's input of each row, for its own gate. */
  const ownInput = (entry: Entry | OwnStreams, oneHot: tf.Tensor2D): tf.Tensor2D => {
    if (isOwn(entry)) return entry.own;
    if (isShared(entry)) return entry;
    const [, rows, width] = entry.shape;
    const own = tf.slice(entry, [0, 0, 0], [scenarios, rows, width]);
    return mixExpertsStacked(own, oneHot);
  };

  const many = scenarios > ALL_EXPERTS_UP_TO;
  const routed = many ? stack.routed : null;

  /** The row's own gate `[B, S + M]` over all experts `[B, E]`, zero at those of other scenarios. */
  const overAll = (weights: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor2D => {
    const rows = weights.shape[0];
    const owns = tf.mul(
      tf.expandDims(oneHot, 2),
      tf.expandDims(tf.slice2d(weights, [0, 0], [rows, specific]), 1),
    );
    const others = tf.slice2d(weights, [0, specific], [rows, shared]);
    return tf.concat2d([tf.reshape<tf.Rank.R2>(owns, [rows, scenarios * specific]), others], 1);
  };

  /**
   * All streams `[N + 1, B, w]` of experts `[E, B, w]`, member by member of each scenario's gate `[N, B, S + M]`: laid out over all experts, gates of
   * hundreds of scenarios would be N times E numbers a row. @param common the shared stream's gate `[B, E]`
   */
  const mixedByMembers = (bodies: tf.Tensor3D, gates: tf.Tensor3D, common: tf.Tensor2D): Streams => {
    const [, rows, width] = bodies.shape;
    const owns = tf.reshape<tf.Rank.R4>(tf.slice3d(bodies, [0, 0, 0], [scenarios * specific, rows, width]), [
      scenarios,
      specific,
      rows,
      width,
    ]);
    const parts = Array.from({ length: specific + shared }, (_, m) => {
      const share = tf.slice3d(gates, [0, 0, m], [scenarios, rows, 1]);
      const expert =
        m < specific
          ? tf.reshape<tf.Rank.R3>(tf.slice4d(owns, [0, m, 0, 0], [scenarios, 1, rows, width]), [
              scenarios,
              rows,
              width,
            ])
          : tf.slice3d(bodies, [scenarios * specific + m - specific, 0, 0], [1, rows, width]);
      return tf.mul<tf.Tensor3D>(share, expert);
    });
    const streams = parts.reduce((sum, part) => tf.add<tf.Tensor3D>(sum, part));
    return tf.concat3d([streams, tf.expandDims<tf.Tensor3D>(mixExpertsStacked(bodies, common), 0)], 0);
  };

  return {
    outputWidth: stack.outputWidth,
    /** Whether this level, as the last, reads of each row its own and the shared stream alone. */
    readsOwnStreams: routed !== null,
    /** The last level: each row's own mixture `[B, w]` and its gate `[B, S + M]`. @throws Error for own streams where it reads all */
    finish(entry: Entry | OwnStreams, inputs: Inputs, mode: Mode) {
      const own = ownInput(entry, inputs.scenarioOneHot);
      const weights = gate.own(own, inputs.scenarioOneHot);
      if (routed) {
        const bodies = readExperts(routed, own, commonInput(entry), inputs, mode);
        return { own: mixExpertsStacked(bodies, weights), gate: weights };
      }
      if (isOwn(entry))
        throw new Error('A level that computes all experts needs the streams of all scenarios.');
      const bodies = stack.apply(isShared(entry) ? entry : fan(entry), inputs, mode);
      if (many)
        return { own: mixExpertsStacked(bodies, overAll(weights, inputs.scenarioOneHot)), gate: weights };
      // Row b's gate over all experts: its own S slots and the M shared ones, zero elsewhere.
      const layout = tf.reshape<tf.Rank.R2>(gateLayout(scenarios, specific, shared), [scenarios, -1]);
      const place = tf.reshape(matMul(inputs.scenarioOneHot, layout), [
        inputs.batch,
        specific + shared,
        experts,
      ]);
      const spread = tf.sum<tf.Tensor2D>(tf.mul(place, tf.expandDims(weights, 2)), 1);
      return { own: mixExpertsStacked(bodies, spread), gate: weights };
    },
    /**
     * The level before a last one that reads own streams alone: N times N mixtures of every row are not made, of which it would read two. The shared
     * stream's gate is over all experts, so these are all computed.
     */
    extractOwn(entry: Entry, inputs: Inputs, mode: Mode): OwnStreams {
      const bodies = stack.apply(isShared(entry) ? entry : fan(entry), inputs, mode);
      const weights = gate.own(ownInput(entry, inputs.scenarioOneHot), inputs.scenarioOneHot);
      return {
        own: mixExpertsStacked(bodies, overAll(weights, inputs.scenarioOneHot)),
        common: mixExpertsStacked(bodies, sharedGate!.apply(commonInput(entry))),
      };
    },
    /** An inner level: all streams `[N + 1, B, w]`. */
    extract(entry: Entry, inputs: Inputs, mode: Mode): Streams {
      const bodies = stack.apply(isShared(entry) ? entry : fan(entry), inputs, mode);
      const rows = inputs.batch;
      const gates = isShared(entry)
        ? tf.transpose(gate.all(entry), [1, 0, 2])
        : gate.each(tf.slice(entry, [0, 0, 0], [scenarios, rows, -1]));
      if (many) return mixedByMembers(bodies, gates, sharedGate!.apply(commonInput(entry)));
      // [N, B, S+M] x [N, S+M, E] -> [N, B, E]
      const spread = batchMatMul(gates, gateLayout(scenarios, specific, shared));
      const common = sharedGate!.apply(commonInput(entry));
      const all = tf.concat([spread, tf.expandDims<tf.Tensor3D>(common, 0)], 0);
      // [B, N+1, E] x [B, E, w] -> [B, N+1, w]
      const mixed = batchMatMul(tf.transpose(all, [1, 0, 2]), tf.transpose(bodies, [1, 0, 2]));
      return tf.transpose<Streams>(mixed, [1, 0, 2]);
    },
  };
}
