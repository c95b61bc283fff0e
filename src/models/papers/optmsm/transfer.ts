/** Shared information transfer (Eq 6–8): every row's representation in every scenario. */
import * as tf from '@tensorflow/tfjs-core';
import {
  dropout,
  leakyRelu,
  matMul,
  mixExpertsMultiGate,
  mixExpertsStacked,
  routedDense,
  routedSharedDense,
  softmaxLast,
  stackColumns,
} from '../../../engine';
import type { Mode, Parameter, VariableFactory } from '../../../engine';
import type { Inputs } from '../../definition';
import { applyStackedLinear, createStackedMlp, isShared } from '../../layers';
import type { Views } from './contrast';
import type { GatedInputs } from './inputs';
import type { OptMsmSettings } from './settings';

export interface Transferred {
  /** r^m of every scenario `[N, B, R]`; of a batch with views, of the views `[V, B, R]`. */
  readonly representations: tf.Tensor3D;
  /** Gates of every scenario, or view, over the experts `[N, B, E]`; null for FCN. */
  readonly gates: tf.Tensor3D | null;
}

export interface Transfer {
  /** R */
  readonly width: number;
  /** E; 0 for FCN. */
  readonly experts: number;
  /** How far the scenarios' own matrices are from 1, by scenario and layer `[N, layers]`; null without any. */
  readonly ownDeviation: { readonly layers: number; read(): tf.Tensor2D } | null;
  /** @param views null: in all scenarios */
  apply(gated: GatedInputs, inputs: Inputs, views: Views | null, mode: Mode): Transferred;
  dispose(): void;
}

interface TransferSizes {
  readonly scenarios: number;
  /** Width F_c d of a gated input. */
  readonly input: number;
}

/** Null for `none`. */
export function createTransfer(
  variables: VariableFactory,
  settings: OptMsmSettings,
  sizes: TransferSizes,
): Transfer | null {
  switch (settings.op) {
    case 'none':
      return null;
    case 'fcn':
      return createFcn(variables, settings, sizes);
    case 'moe':
    case 'cgc':
      return createExperts(variables, settings, sizes);
    default:
      return settings.op satisfies never;
  }
}

/** Deviation of the scenarios' own matrices around 1 at the start. */
const OWN_DEVIATION = 0.05;

/**
 * Eq 8, layer by layer. Parameters `transfer.k.shared.weight [in, out]`, `transfer.k.shared.bias [out]`,
 * `transfer.k.own.weight [N, in, out]` (around 1, which is also the centre of its L2: a product of two Glorot matrices would
 * start with a vanishing variance), `transfer.k.own.bias [N, out]`.
 */
function createFcn(
  variables: VariableFactory,
  { hidden, dropout: rate, transferOutput }: OptMsmSettings,
  { scenarios, input }: TransferSizes,
): Transfer {
  let width = input;
  const active = <T extends tf.Tensor>(u: T, k: number): T =>
    transferOutput === 'linear' && k === hidden.length - 1 ? u : leakyRelu(u, 0);
  const layers = hidden.map((output, k) => {
    const shape = [width, output] as const;
    const all = [scenarios, width, output] as const;
    const name = (part: string): string => `transfer.${k}.${part}`;
    const bias = (part: string, of: readonly number[]): Parameter =>
      variables.parameter(name(part), 'bias', of, new Float32Array(of.reduce((p, length) => p * length, 1)));
    const shared = variables.parameter(
      name('shared.weight'),
      'weight',
      shape,
      variables.glorot(name('shared.weight'), shape, width, output),
    );
    const sharedBias = bias('shared.bias', [output]);
    const own = variables.parameter(
      name('own.weight'),
      'weight',
      all,
      variables.normal(name('own.weight'), all, 1, OWN_DEVIATION),
      1,
    );
    const ownBias = bias('own.bias', [scenarios, output]);
    width = output;
    return { shared, sharedBias, own, ownBias };
  });
  return {
    width,
    experts: 0,
    ownDeviation: {
      layers: layers.length,
      read: () =>
        stackColumns(
          layers.map(({ own }) => tf.sqrt<tf.Tensor1D>(tf.sum(tf.square(tf.sub(own.tensor, 1)), [1, 2]))),
        ),
    },
    apply(gated, { batch }, views, mode) {
      let representations: tf.Tensor3D | null = null;
      for (const [k, { shared, sharedBias, own, ownBias }] of layers.entries()) {
        const bias = tf.add<tf.Tensor2D>(ownBias.tensor, sharedBias.tensor);
        if (views) {
          const rows = viewRows(representations ?? gated.all, views);
          const star = { shared: shared.tensor, combine: 'multiply' } as const;
          const u = routedSharedDense(rows, own.tensor, star, bias, views.route);
          const h = dropout(active(u, k), rate, mode);
          representations = tf.reshape<tf.Rank.R3>(h, [views.count, batch, u.shape[1]]);
          continue;
        }
        const weight = tf.mul<tf.Tensor3D>(own.tensor, shared.tensor);
        const linear = applyStackedLinear(representations ?? gated.all, weight, bias);
        representations = dropout(active(linear, k), rate, mode);
      }
      if (!representations) throw new RangeError('The transfer needs at least one layer.');
      return { representations, gates: null };
    },
    dispose: () => undefined,
  };
}

/** Views one after the other `[V B, w]`: of `[V, B, w]`, or of the input that all share `[B, w]`. */
function viewRows(x: tf.Tensor2D | tf.Tensor3D, { count }: Views): tf.Tensor2D {
  if (isShared(x)) return tf.tile<tf.Tensor2D>(x, [count, 1]);
  return tf.reshape(x, [count * x.shape[1], x.shape[2]]);
}

/** Experts of each scenario's own, and in CGC shared ones beside them. */
const OWN_EXPERTS = 2;
const SHARED_EXPERTS = 2;
const FORBIDDEN = -1e9;

/** 0 where scenario m may use expert e in CGC (its own two and the shared two), a large negative number elsewhere `[N, 1, E]`. */
function structure(scenarios: number): tf.Tensor3D {
  const count = OWN_EXPERTS * scenarios + SHARED_EXPERTS;
  const values = new Float32Array(scenarios * count).fill(FORBIDDEN);
  for (let m = 0; m < scenarios; m++) {
    values.fill(0, m * count + OWN_EXPERTS * m, m * count + OWN_EXPERTS * (m + 1));
    values.fill(0, m * count + OWN_EXPERTS * scenarios, (m + 1) * count);
  }
  return tf.keep(tf.tensor3d(values, [scenarios, 1, count]));
}

/**
 * MoE (2N experts that all share) and CGC (2N own and 2 shared). Parameters `expert.k.weight [E, in, out]`,
 * `expert.k.bias [E, out]`, `transferGate.weight [N, in, E]`, `transferGate.bias [N, E]`.
 */
function createExperts(
  variables: VariableFactory,
  { op, hidden, dropout: rate, expertInput, transferOutput }: OptMsmSettings,
  { scenarios, input }: TransferSizes,
): Transfer {
  const count = OWN_EXPERTS * scenarios + (op === 'cgc' ? SHARED_EXPERTS : 0);
  const experts = createStackedMlp(variables, 'expert', {
    stack: count,
    input,
    widths: hidden,
    batchNorm: 'off',
    scenarios,
    dropout: rate,
    ...(transferOutput === 'linear' && { outputSlope: 1 }),
  });
  const shape = [scenarios, input, count] as const;
  const weight = variables.parameter(
    'transferGate.weight',
    'weight',
    shape,
    variables.glorot('transferGate.weight', shape, input, count),
  );
  const bias = variables.parameter(
    'transferGate.bias',
    'bias',
    [scenarios, count],
    new Float32Array(scenarios * count),
  );
  const allowed = op === 'cgc' ? structure(scenarios) : null;
  const width = experts.outputWidth;
  const gatesOfAll = (gated: GatedInputs): tf.Tensor3D => {
    const logits = applyStackedLinear(gated.all, weight.tensor, bias.tensor);
    return softmaxLast(allowed ? tf.add<tf.Tensor3D>(logits, allowed) : logits);
  };
  const gatesOfViews = (gated: GatedInputs, views: Views, batch: number): tf.Tensor3D => {
    const logits = routedDense(viewRows(gated.all, views), weight.tensor, bias.tensor, views.route);
    const forbidden = allowed && matMul(views.route, tf.reshape<tf.Rank.R2>(allowed, [scenarios, count]));
    const gates = softmaxLast(forbidden ? tf.add<tf.Tensor2D>(logits, forbidden) : logits);
    return tf.reshape(gates, [views.count, batch, count]);
  };
  return {
    width,
    experts: count,
    ownDeviation: null,
    apply(gated, inputs, views, mode) {
      const { batch } = inputs;
      const gates = views ? gatesOfViews(gated, views, batch) : gatesOfAll(gated);
      const seen = gates.shape[0];
      if (expertInput === 'own' || isShared(gated.all)) {
        const h = experts.apply(gated.own(), inputs, mode);
        return { representations: mixExpertsMultiGate(h, tf.transpose(gates, [1, 0, 2])), gates };
      }
      // Every expert on every scenario's input: all of them are rows of one larger batch.
      const rows = tf.reshape<tf.Rank.R2>(gated.all, [seen * batch, input]);
      const h = experts.apply(rows, inputs, mode);
      const mixed = mixExpertsStacked(h, tf.reshape<tf.Rank.R2>(gates, [seen * batch, count]));
      return { representations: tf.reshape(mixed, [seen, batch, width]), gates };
    },
    dispose: () => allowed?.dispose(),
  };
}
