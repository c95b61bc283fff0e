/**
 * h_ψ and g_φ of Eq 10 and 21: from a representation X and what the scenario contributes to the scenario's own logit,
 * with the gradient of that logit by X in closed form.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  normActivationBackward,
  batchMatMulTransposed,
  leakyRelu,
  matMulTransposed,
  batchVecMat,
  routeRows,
  sumByRoute,
} from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import type { DataShape, Inputs } from '../../definition';
import {
  applyOwnTransposed,
  createLinear,
  createOwnLinear,
  createTowerBank,
  priorBiases,
  towerInputGradient,
} from '../../layers';
import type { CausalIntSettings } from './settings';

/** What a row's scenario contributes. */
export interface Contribution {
  /** Scenario-aware information S `[B, d_s]`. */
  readonly s: tf.Tensor2D;
  /** Σ_p α_p Expert^{d,p} `[B, width]`, or null where no experts are built. */
  readonly transferred: tf.Tensor2D | null;
}

export interface Fused {
  /** z^d `[B, 1]`. */
  readonly logit: tf.Tensor2D;
  /** ∂z^d/∂X `[B, M]` of each row, statistics held fixed. */
  inputGradient(): tf.Tensor2D;
  /**
   * Σ over the rows of each scenario of `rows · ∂z/∂X` `[N, M]`, for row factors `rows [B, 1]`. Cheaper than summing
   * `inputGradient` where the last step back is linear and the same for all rows of a scenario.
   */
  scenarioSum(rows: tf.Tensor2D): tf.Tensor2D;
}

export interface Fusion {
  apply(x: tf.Tensor2D, from: Contribution, inputs: Inputs, mode: Mode): Fused;
  /** ŷ^{d,p} before the sigmoid, for every p: `x [B, M]`, experts `[B, N, K*K]`, to `[B, N]`. Null without TransNet. */
  readonly votes: ((x: tf.Tensor2D, experts: tf.Tensor3D, inputs: Inputs) => tf.Tensor2D) | null;
}

interface FusionSizes {
  readonly shape: DataShape;
  /** Width M of X. */
  readonly input: number;
  /** Width of S. */
  readonly scenario: number;
}

/** Do(Trans) as TransNet (Eq 18–21), or what the paper's ablations have in its place (Tables 4 to 7). */
export function createFusion(
  variables: VariableFactory,
  settings: CausalIntSettings,
  sizes: FusionSizes,
): Fusion {
  return settings.fusion === 'transnet'
    ? createTransNet(variables, settings, sizes)
    : createTowerFusion(variables, settings, sizes);
}

/** `output.weight [N, in, 1]`, `output.bias [N, 1]`: each scenario's classifier, linear. */
function createOutput(
  variables: VariableFactory,
  shape: DataShape,
  input: number,
  prior: 'on' | 'off',
): {
  logit(h: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor2D;
  row(oneHot: tf.Tensor2D): tf.Tensor2D;
  bias: tf.Tensor2D;
} {
  const linear = createOwnLinear(variables, 'output', shape.scenarios, {
    input,
    output: 1,
    bias: priorBiases(shape, prior),
  });
  const bias = linear.bias!.tensor;
  const row = (oneHot: tf.Tensor2D): tf.Tensor2D =>
    routeRows(tf.reshape<tf.Rank.R2>(linear.weight.tensor, [shape.scenarios, input]), oneHot);
  return {
    bias,
    row,
    logit: (h, oneHot) => linear.apply(h, oneHot),
  };
}

/** Rows' vectors summed by scenario: `rows [B, k]`, factors `[B, 1]`, one-hot `[B, N]`, to `[N, k]`. */
function sumByScenario(rows: tf.Tensor2D, factors: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor2D {
  return sumByRoute(tf.mul(rows, factors), oneHot);
}

/** Eq 19–21: V = act(X W₂^d), z = w^d · act(V T), T the K × K matrix that the experts voted for. */
function createTransNet(
  variables: VariableFactory,
  { transWidth: side, transform, leakySlope: slope, priorBias }: CausalIntSettings,
  { shape, input }: FusionSizes,
): Fusion {
  const own =
    transform === 'perScenario'
      ? createOwnLinear(variables, 'transform', shape.scenarios, { input, output: side, bias: null })
      : null;
  const shared = own ? null : createLinear(variables, 'transform', { input, output: side, bias: null });
  const output = createOutput(variables, shape, side, priorBias);
  const adapt = (x: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor2D =>
    own ? own.apply(x, oneHot) : shared!.apply(x);

  /** Through LeakyReLU backwards: `delta · A(u)`, the slopes A constants. */
  const leakyBack = (delta: tf.Tensor2D, u: tf.Tensor2D): tf.Tensor2D => {
    const stacked = (y: tf.Tensor2D): tf.Tensor3D => tf.reshape(y, [1, y.shape[0], side]);
    const layer = { preActivation: stacked(u), slope, mask: null, norm: null };
    return tf.reshape(normActivationBackward(stacked(delta), layer), [u.shape[0], side]);
  };

  /** Sums `[N, K]` of rows' gradients by U = X W₂ become sums by X `[N, M]`. */
  const backByScenario = (sums: tf.Tensor2D): tf.Tensor2D => {
    if (!own) return matMulTransposed(sums, shared!.weight.tensor);
    const byScenario = batchMatMulTransposed(tf.reshape(sums, [shape.scenarios, 1, side]), own.weight.tensor);
    return tf.reshape(byScenario, [shape.scenarios, input]);
  };

  return {
    apply(x, { transferred }, { scenarioOneHot: oneHot }) {
      const u = adapt(x, oneHot);
      const v = leakyRelu(u, slope);
      const t = tf.reshape<tf.Rank.R3>(transferred!, [x.shape[0], side, side]);
      const q = batchVecMat(v, t);
      const w = output.row(oneHot);
      const logit = tf.add<tf.Tensor2D>(
        tf.sum(tf.mul(leakyRelu(q, slope), w), 1, true),
        routeRows(output.bias, oneHot),
      );
      /** ∂z/∂U = ((w · A_q) Tᵀ) · A_V, row by row. */
      const byAdapted = (): tf.Tensor2D => {
        const a = leakyBack(w, q);
        return leakyBack(batchVecMat(a, t, true), u);
      };
      return {
        logit,
        inputGradient: () =>
          own
            ? applyOwnTransposed(byAdapted(), own.weight.tensor, oneHot)
            : matMulTransposed(byAdapted(), shared!.weight.tensor),
        scenarioSum: (rows) => backByScenario(sumByScenario(byAdapted(), rows, oneHot)),
      };
    },
    votes(x, experts, { scenarioOneHot: oneHot }) {
      const v = leakyRelu(adapt(x, oneHot), slope);
      const [batch, scenarios] = experts.shape;
      const matrices = tf.reshape(experts, [batch, scenarios, side, side]);
      const q = tf.sum(tf.mul(tf.reshape(v, [batch, 1, side, 1]), matrices), 2);
      const w = tf.expandDims(output.row(oneHot), 1);
      return tf.add(tf.sum(tf.mul(leakyRelu(q, slope), w), 2), routeRows(output.bias, oneHot));
    },
  };
}

/** Towers over [X, S] (`concat`), X ⊙ S P (`mul`) or X alone (`none`); with experts, their mixture stands for S. */
function createTowerFusion(
  variables: VariableFactory,
  settings: CausalIntSettings,
  { shape, input, scenario }: FusionSizes,
): Fusion {
  const { fusion, fusionInput, invar, priorBias } = settings;
  const mixed = fusionInput === 'experts';
  const scale =
    fusion === 'mul' && !mixed
      ? createLinear(variables, 'scale', { input: scenario, output: input, bias: null })
      : null;
  const extra = fusion === 'concat' ? (mixed ? input : scenario) : 0;
  const towers = createTowerBank(variables, 'tower', {
    input: input + extra,
    // Without any of the paper's modules this is its backbone, whose towers are the whole network.
    widths: fusion === 'none' && !invar ? settings.hidden : settings.towerHidden,
    batchNorm: settings.batchNorm,
    scenarios: shape.scenarios,
    dropout: settings.dropout,
    slope: settings.leakySlope,
  });
  const output = createOutput(variables, shape, towers.outputWidth, priorBias);

  return {
    votes: null,
    apply(x, { s, transferred }, inputs, mode) {
      const oneHot = inputs.scenarioOneHot;
      const other = mixed ? transferred : s;
      const factor = fusion === 'mul' ? (scale ? scale.apply(s) : transferred!) : null;
      const joined: tf.Tensor2D = factor ? tf.mul(x, factor) : extra > 0 ? tf.concat([x, other!], 1) : x;
      const trace = towers.apply(joined, inputs, mode);
      const inputGradient = (): tf.Tensor2D => {
        const byJoined = towerInputGradient(towers, trace, output.row(oneHot), oneHot);
        if (factor) return tf.mul(byJoined, factor);
        return extra > 0 ? tf.slice2d(byJoined, [0, 0], [x.shape[0], input]) : byJoined;
      };
      return {
        logit: output.logit(trace.output, oneHot),
        inputGradient,
        scenarioSum: (rows) => sumByScenario(inputGradient(), rows, oneHot),
      };
    },
  };
}
