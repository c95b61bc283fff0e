/** PNN (Qu et al., ICDM 2016): a layer of products of fields below a deep network. */
import * as tf from '@tensorflow/tfjs-core';
import { fieldPairProducts, matMulTransposed, transposedMatMul } from '../../engine';
import type { Mode } from '../../engine';
import type { Collector } from '../collect';
import type { Inputs, Probe } from '../definition';
import { finishLayer, type FieldReader, type Makers } from '../layers';
import { lastLayer } from '../probes';
import { ablation } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { asWeight, fieldAxis, parameterNamed, sizesOf } from './singleProbes';

interface ProductSettings {
  readonly product: 'inner' | 'outer' | 'both';
  readonly decomposed: boolean;
  readonly batchNorm: 'off' | 'shared' | 'domain';
  readonly dropout: number;
}

/** `‖Σ_i θ_i^n e_i‖²` for every unit n: `fields [B, F, d]`, `theta [1 or B, F, D1]`, to `[B, D1]` (Section III-B). */
function decomposedProducts(fields: tf.Tensor3D, theta: tf.Tensor): tf.Tensor2D {
  const [batch, count, dim] = fields.shape;
  const units = theta.shape[2]!;
  if (theta.shape[0] !== 1) {
    const weights = tf.reshape<tf.Rank.R3>(theta, [batch, count, units]);
    const sums = tf.matMul(weights, fields, true, false);
    return tf.sum(tf.square(sums), 2);
  }
  const byField = tf.reshape<tf.Rank.R2>(tf.transpose(fields, [1, 0, 2]), [count, batch * dim]);
  const sums = transposedMatMul(byField, tf.reshape<tf.Rank.R2>(theta, [count, units]));
  return tf.sum(tf.square(tf.reshape(sums, [batch, dim, units])), 1);
}

/**
 * `relu(norm(z W_z + p W_p + b))`: `product.linear.weight [D, width]`, `product.linear.bias [width]` or `product.norm.*`; of inner products
 * `product.inner.weight [pairs, width]` or, decomposed, `product.inner.theta [F', width]`; of outer ones `product.outer.weight [d², width]`.
 */
function createProductLayer(make: Makers, read: FieldReader, settings: ProductSettings, width: number) {
  const { product, batchNorm, decomposed } = settings;
  const { count, dim } = read;
  const plain = { output: width, bias: 'none' } as const;
  const linear = make.linear('product.linear', {
    input: read.width,
    output: width,
    bias: batchNorm === 'off' ? 'zeros' : 'none',
  });
  const inner =
    product === 'outer' || decomposed
      ? null
      : make.linear('product.inner', { input: (count * (count - 1)) / 2, ...plain });
  const theta =
    product === 'outer' || !decomposed
      ? null
      : make.weight('product.inner.theta', [count, width], { glorot: [count, width] });
  const outer = product === 'inner' ? null : make.linear('product.outer', { input: dim * dim, ...plain });
  const norm = make.norm('product.norm', width);
  return (fields: tf.Tensor3D, flat: tf.Tensor2D, inputs: Inputs, mode: Mode): tf.Tensor2D => {
    let sum = linear.apply(flat, inputs);
    if (inner) sum = tf.add(sum, inner.apply(fieldPairProducts(fields), inputs));
    if (theta) sum = tf.add(sum, decomposedProducts(fields, theta.rows(inputs)));
    if (outer) {
      const total = tf.sum(fields, 1);
      const square = tf.mul(tf.expandDims(total, 2), tf.expandDims(total, 1));
      sum = tf.add(sum, outer.apply(tf.reshape(square, [inputs.batch, dim * dim]), inputs));
    }
    return finishLayer(sum, norm, settings, inputs, mode).output;
  };
}

/** Each row's length of a weight `[rows, units]`: of networks of scenarios' own, the mean. */
function lengthsOfRows(weight: tf.Tensor): tf.Tensor1D {
  const [rows, units] = sizesOf(weight);
  const stack = tf.reshape<tf.Rank.R3>(weight, [weight.size / (rows * units), rows, units]);
  return tf.mean(tf.norm(stack, 'euclidean', 2), 0);
}

/** `pairWeights [F', F']`: how strongly units read the product of two fields; a field with itself only where decomposed. */
function pairWeights(read: FieldReader, variables: Collector, settings: ProductSettings): Probe<unknown> {
  const axis = fieldAxis(read);
  const { count } = read;
  return {
    name: 'pairWeights',
    topic: 'interactions',
    title: 'Which pairs of fields are read',
    reading: 'The length of the weights, over hidden units, of the inner product of two fields.',
    equation: String.raw`\lVert W_p^{(i,j)} \rVert_2,\quad p_{i,j} = \langle f_i, f_j \rangle`,
    axes: [axis, axis],
    scale: 'value',
    quantity: 'length of the weights',
    compute() {
      if (settings.decomposed) {
        const theta = parameterNamed(variables, 'product.inner.theta');
        const units = theta.shape.at(-1)!;
        const networks = tf.reshape<tf.Rank.R3>(tf.square(theta), [-1, count, units]);
        const squares = tf.matMul(networks, networks, false, true);
        return asWeight(tf.mean(tf.sqrt(squares), 0));
      }
      const lengths = lengthsOfRows(parameterNamed(variables, 'product.inner.weight'));
      const pairs = lengths.size;
      // Where pair (i, j) stands in the square, both ways.
      const places = new Float32Array(count * count * pairs);
      const diagonal = new Float32Array(count * count).fill(1);
      let pair = 0;
      for (let i = 0; i < count; i++) {
        diagonal[i * count + i] = 0;
        for (let j = i + 1; j < count; j++) {
          places[(i * count + j) * pairs + pair] = 1;
          places[(j * count + i) * pairs + pair] = 1;
          pair++;
        }
      }
      const square = matMulTransposed(
        tf.reshape<tf.Rank.R2>(lengths, [1, pairs]),
        tf.tensor2d(places, [count * count, pairs]),
      );
      return { sum: tf.reshape(square, [count, count]), count: tf.tensor2d(diagonal, [count, count]) };
    },
  };
}

/** `outerWeights [d, d]`: how strongly units read the product of two numbers of the fields' sum. */
function outerWeights({ dim }: FieldReader, variables: Collector): Probe<unknown> {
  return {
    name: 'outerWeights',
    topic: 'interactions',
    title: 'Which products of the fields’ sum are read',
    reading:
      'The length of the weights, over hidden units, of the product of two places of the summed embedding.',
    equation: String.raw`\lVert W_p^{(k,l)} \rVert_2,\quad p = f_\Sigma f_\Sigma^\top,\ f_\Sigma = \textstyle\sum_i f_i`,
    axes: [{ name: 'unit' }, { name: 'unit' }],
    scale: 'value',
    quantity: 'length of the weights',
    compute() {
      const lengths = lengthsOfRows(parameterNamed(variables, 'product.outer.weight'));
      return asWeight(tf.reshape(lengths, [dim, dim]));
    },
  };
}

export const pnn = defineSingleScenario({
  id: 'pnn',
  title: 'PNN',
  paper: {
    title: 'Product-based Neural Networks for User Response Prediction',
    authors: 'Qu, Cai, Ren, Zhang, Yu, Wen, Wang',
    venue: 'ICDM',
    year: 2016,
    url: 'https://doi.org/10.1109/ICDM.2016.0151',
  },
  summary: 'A layer of inner or outer products of fields stands below a deep network.',
  topics: ['interactions', 'representation'],
  fields: {
    ...singleFields,
    hidden: hidden('Hidden layers', 'Widths of the network; the first is the product layer’s.', [256, 128]),
    product: ablation.choice({
      label: 'Product',
      help: 'Inner products of pairs of fields, the outer product of their sum, or both.',
      options: ['inner', 'outer', 'both'],
      default: 'inner',
      paperName: 'IPNN / OPNN / PNN*',
    }),
    decomposed: ablation.toggle({
      label: 'Decomposed pairs',
      help: 'Weights of pairs as products of one number a field, in place of one a pair.',
      default: false,
      paperName: 'Section III-B',
    }),
  },
  presets: {
    paper: { embeddingDim: 10, hidden: [300, 300, 300], dropout: 0.5, batchNorm: 'off' },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, settings, variables }) {
    const [first = 1, ...rest] = settings.hidden;
    const layer = createProductLayer(make, read, settings, first);
    const mlp = rest.length > 0 ? make.mlp('mlp', { input: first, widths: rest }) : null;
    const output = make.linear('output', { input: mlp?.outputWidth ?? first, output: 1, bias: 'prior' });
    return {
      apply({ fields, flat }, inputs, mode) {
        const products = layer(fields, flat, inputs, mode);
        const h = mlp?.apply(products, inputs, mode).output ?? products;
        return { logit: output.apply(h, inputs), lastLayer: h };
      },
      probes: [
        ...(settings.product === 'outer' ? [] : [pairWeights(read, variables, settings)]),
        ...(settings.product === 'inner' ? [] : [outerWeights(read, variables)]),
        lastLayer,
      ],
    };
  },
});
