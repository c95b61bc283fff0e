/** Makers of parts that are one for all rows, or one a scenario of which each row uses its own: a network is written once for both. */
import * as tf from '@tensorflow/tfjs-core';
import { routeRows } from '../../engine';
import type { Mode, ParameterKind, VariableFactory } from '../../engine';
import type { DataShape } from '../definition';
import { createBatchNorm, type BatchNorm, type Normalisation, type NormInputs } from './batchNorm';
import { createLinear, createOwnLinear, priorBias, priorBiases } from './linear';
import { createMlp, type MlpOptions, type MlpTrace } from './mlp';
import { createTowerBank } from './towerBank';

/** What a part reads of the rows that it is applied to: a batch's inputs, or `repeatRows` of them. */
export type RowInputs = NormInputs;

/** Of the same rows, each standing for `times` neighbouring ones: `[B, times, w]` seen as `[B * times, w]`. */
export function repeatRows(inputs: RowInputs, times: number): RowInputs {
  const repeated = (column: tf.Tensor2D): tf.Tensor2D => {
    const [rows, width] = column.shape;
    const tiled = tf.tile(tf.reshape(column, [rows, 1, width]), [1, times, 1]);
    return tf.reshape(tiled, [rows * times, width]);
  };
  let oneHot: tf.Tensor2D | null = null;
  let weight: tf.Tensor2D | null = null;
  // Only parts of each scenario's own look at them.
  return {
    get scenarioOneHot() {
      return (oneHot ??= repeated(inputs.scenarioOneHot));
    },
    get weight() {
      return (weight ??= repeated(inputs.weight));
    },
  };
}

export interface RowLinear {
  /** `[R, in]` to `[R, out]`. */
  apply(x: tf.Tensor2D, rows: RowInputs): tf.Tensor2D;
}

export interface RowMlp {
  readonly outputWidth: number;
  /** `[R, in]` to `[R, last width]`. */
  apply(x: tf.Tensor2D, rows: RowInputs, mode: Mode): MlpTrace;
}

export interface RowWeight {
  /** As the optimiser has it: `[...shape]`, own `[N, ...shape]`. */
  readonly tensor: tf.Tensor;
  /** `[1, ...shape]` where one serves all rows, else each row's own `[R, ...shape]`. */
  rows(rows: RowInputs): tf.Tensor;
}

interface RowLinearOptions {
  readonly input: number;
  readonly output: number;
  /** Where biases start; `prior` (of one output): at the logit of the training click rate. Zeros unless said. */
  readonly bias?: 'zeros' | 'prior' | 'none';
}

type RowMlpOptions = Pick<MlpOptions, 'input' | 'widths' | 'slope'> &
  Partial<Pick<MlpOptions, 'batchNorm' | 'dropout'>>;

/** One number for all, or Glorot-uniform values of a slice with so many inputs and outputs. */
type Initial = number | { readonly glorot: readonly [fanIn: number, fanOut: number] };

export interface Makers {
  /** Whether every scenario has its own. */
  readonly own: boolean;
  /** `<name>.weight [in, out]`, `<name>.bias [out]`; own: a leading axis of scenarios. */
  linear(name: string, options: RowLinearOptions): RowLinear;
  /** `<name>.k.weight`, `<name>.k.bias` or `<name>.k.norm.*`; norm and dropout of the model unless given. */
  mlp(name: string, options: RowMlpOptions): RowMlp;
  /** A parameter `<name> [...shape]`; own: `[N, ...shape]`. */
  weight(name: string, shape: readonly number[], initial: Initial, kind?: ParameterKind): RowWeight;
  /** Normalisation `<name>.*` of `[R, width]` as the model asks for it; null where it is off. */
  norm(name: string, width: number): BatchNorm | null;
  /** An output bias that starts at the prior, `<name> [1, 1]`, or `[1]` where a linear layer's would stand; own: `[N, 1]`. */
  outputBias(name: string, shape?: readonly [1] | readonly [1, 1]): RowWeight;
}

export interface MakerOptions {
  readonly shape: DataShape;
  readonly own: boolean;
  /** Of all rows; a scenario's own network is normalised by its own rows. */
  readonly batchNorm: Normalisation;
  readonly dropout: number;
  readonly priorBias: 'on' | 'off';
}

/** Parts that all rows share, or (`own`) one a scenario, each row through its own. */
export function createMakers(variables: VariableFactory, options: MakerOptions): Makers {
  const { shape, own, dropout } = options;
  const { scenarios } = shape;
  const normOf = (norm: Normalisation): Normalisation => (own && norm !== 'off' ? 'own' : norm);
  const priors = (): Float32Array =>
    own ? priorBiases(shape, options.priorBias) : priorBias(shape, options.priorBias);

  function weight(
    name: string,
    inner: readonly number[],
    values: (all: readonly number[]) => Float32Array,
    kind: ParameterKind,
  ): RowWeight {
    const all = own ? [scenarios, ...inner] : inner;
    const made = variables.parameter(name, kind, all, values(all));
    const size = inner.reduce((product, length) => product * length, 1);
    return {
      tensor: made.tensor,
      rows({ scenarioOneHot }) {
        if (!own) return tf.reshape(made.tensor, [1, ...inner]);
        const table = tf.reshape<tf.Rank.R2>(made.tensor, [scenarios, size]);
        return tf.reshape(routeRows(table, scenarioOneHot), [scenarioOneHot.shape[0], ...inner]);
      },
    };
  }

  return {
    own,
    linear(name, { input, output, bias: start = 'zeros' }) {
      const bias = start === 'none' ? null : start === 'prior' ? priors() : undefined;
      if (!own) return createLinear(variables, name, { input, output, bias });
      const linear = createOwnLinear(variables, name, scenarios, { input, output, bias });
      return { apply: (x, { scenarioOneHot }) => linear.apply(x, scenarioOneHot) };
    },
    mlp(name, { batchNorm = options.batchNorm, ...given }) {
      const all = { dropout, ...given, batchNorm: normOf(batchNorm), scenarios };
      return own ? createTowerBank(variables, name, all) : createMlp(variables, name, all);
    },
    weight(name, inner, initial, kind = 'weight') {
      const values = (all: readonly number[]): Float32Array =>
        typeof initial === 'number'
          ? new Float32Array(all.reduce((product, length) => product * length, 1)).fill(initial)
          : variables.glorot(name, all, ...initial.glorot);
      return weight(name, inner, values, kind);
    },
    norm: (name, width) => createBatchNorm(variables, name, width, normOf(options.batchNorm), scenarios),
    outputBias(name, inner = [1, 1]) {
      const made = variables.parameter(name, 'bias', own ? [scenarios, 1] : inner, priors());
      return {
        tensor: made.tensor,
        rows: ({ scenarioOneHot }) =>
          own
            ? routeRows(tf.reshape<tf.Rank.R2>(made.tensor, [scenarios, 1]), scenarioOneHot)
            : tf.reshape(made.tensor, [1, 1]),
      };
    },
  };
}
