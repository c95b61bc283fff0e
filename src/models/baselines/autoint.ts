/** AutoInt (Song et al., CIKM 2019): fields attend to fields, layer by layer. */
import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul, batchMatMulTransposed, dropout, leakyRelu, softmaxLast } from '../../engine';
import type { Mode } from '../../engine';
import type { Inputs, Probe } from '../definition';
import { repeatRows, type FieldReader, type Makers } from '../layers';
import { numbered, rowVectors } from '../probes';
import { ablation, hyper } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { fieldAxis, partsProbe, rowCount, sumOfRows } from './singleProbes';

interface AttentionOptions {
  /** Width of a field as it comes in. */
  readonly input: number;
  readonly heads: number;
  /** d' */
  readonly headDim: number;
  readonly residual: boolean;
  readonly scaled: boolean;
  readonly rate: number;
}

interface Attended {
  /** `[B, F, heads * d']` */
  readonly output: tf.Tensor3D;
  /** How much each field reads of each `[B, heads, F, F]`; rows sum to 1. */
  readonly weights: tf.Tensor4D;
}

/** `<name>.{query,key,value,residual}.weight [in, heads * d']`, heads side by side. */
function createFieldAttention(make: Makers, name: string, options: AttentionOptions) {
  const { input, heads, headDim, residual, scaled, rate } = options;
  const output = heads * headDim;
  const map = (part: string) => make.linear(`${name}.${part}`, { input, output, bias: 'none' });
  const [query, key, value] = [map('query'), map('key'), map('value')];
  const skip = residual ? map('residual') : null;

  return (fields: tf.Tensor3D, inputs: Inputs, mode: Mode): Attended => {
    const [batch, count] = fields.shape;
    const flat = tf.reshape<tf.Rank.R2>(fields, [batch * count, input]);
    const rows = repeatRows(inputs, count);
    /** `[B F, heads d']` to one matrix a row and head `[B heads, F, d']`. */
    const byHead = (linear: ReturnType<typeof map>): tf.Tensor3D => {
      const apart = tf.reshape(linear.apply(flat, rows), [batch, count, heads, headDim]);
      return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [batch * heads, count, headDim]);
    };
    const scores = batchMatMulTransposed(byHead(query), byHead(key));
    const weights = softmaxLast(scaled ? tf.mul<tf.Tensor3D>(scores, 1 / Math.sqrt(headDim)) : scores);
    const mixed = tf.reshape(batchMatMul(weights, byHead(value)), [batch, heads, count, headDim]);
    const together = tf.reshape<tf.Rank.R2>(tf.transpose(mixed, [0, 2, 1, 3]), [batch * count, output]);
    const sum = skip ? tf.add<tf.Tensor2D>(together, skip.apply(flat, rows)) : together;
    return {
      output: tf.reshape(dropout(leakyRelu(sum, 0), rate, mode), [batch, count, output]),
      weights: tf.reshape(weights, [batch, heads, count, count]),
    };
  };
}

interface AutoIntPass {
  readonly attention: readonly tf.Tensor4D[];
}

/** `fieldAttention<k> [heads, F', F']`: the mean share of each field in what a field becomes. */
function fieldAttention(read: FieldReader, layer: number, heads: number): Probe<AutoIntPass> {
  const axis = fieldAxis(read);
  return {
    name: `fieldAttention${layer}`,
    topic: 'attention',
    title: `Which fields read which, layer ${layer + 1}`,
    reading:
      'A row is a field, a column what it reads: mean shares over all rows, a head at a time; a row sums to 1.',
    equation: String.raw`\alpha^{(h)}_{m,k} = \mathrm{softmax}_k \langle W_Q^{(h)} e_m, W_K^{(h)} e_k \rangle`,
    axes: [{ name: 'head', labels: numbered('head', heads) }, axis, axis],
    scale: 'share',
    compute: ({ attention }, inputs) => ({
      sum: sumOfRows(attention[layer]!, inputs),
      count: rowCount(inputs),
    }),
  };
}

export const autoint = defineSingleScenario({
  id: 'autoint',
  title: 'AutoInt',
  paper: {
    title: 'AutoInt: Automatic Feature Interaction Learning via Self-Attentive Neural Networks',
    authors: 'Song, Shi, Xiao, Duan, Xu, Zhang, Tang',
    venue: 'CIKM',
    year: 2019,
    url: 'https://doi.org/10.1145/3357384.3357925',
  },
  summary: 'Fields attend to fields with several heads; every layer adds a degree of interaction.',
  topics: ['attention', 'representation'],
  fields: {
    ...singleFields,
    attentionLayers: hyper.int({
      label: 'Attention layers',
      help: 'Interacting layers, one on another.',
      default: 3,
      min: 1,
      max: 4,
    }),
    heads: hyper.int({
      label: 'Heads',
      help: 'Attentions side by side in a layer.',
      default: 2,
      min: 1,
      max: 8,
    }),
    headDim: hyper.int({
      label: 'Head size',
      help: 'Width d′ of a field in one head.',
      default: 16,
      min: 1,
      max: 64,
      paper: '32',
    }),
    hidden: hidden('Hidden layers', 'Widths of the deep part, where there is one.', [256, 128]),
    residual: ablation.toggle({
      label: 'Residual connections',
      help: 'Adds each field as it came in to what it becomes.',
      default: true,
      paperName: 'AutoInt w/o residual (Table 3)',
    }),
    deep: ablation.toggle({
      label: 'Deep part',
      help: 'A deep network over the fields whose logit is added.',
      default: false,
      paperName: 'AutoInt+',
    }),
    scaled: ablation.toggle({
      label: 'Scaled scores',
      help: 'Divides attention scores by √d′, as transformers do and the paper does not.',
      default: false,
      paperName: '–',
    }),
  },
  presetTraining: { paper: { batch: 1024 } },
  presets: {
    paper: { embeddingDim: 16, attentionLayers: 3, heads: 2, headDim: 32, dropout: 0, batchNorm: 'off' },
    browser: { batchNorm: 'off', attentionLayers: 2, headDim: 8 },
    tiny: {
      ...{ attentionLayers: 2, heads: 2, headDim: 3, hidden: [8, 4] },
      ...{ embeddingDim: 4, historyLength: 3 },
    },
  },
  network({ make, read, shape, settings }) {
    const { attentionLayers, heads, headDim, residual, scaled, deep } = settings;
    const width = heads * headDim;
    const layers = Array.from({ length: attentionLayers }, (_, k) =>
      createFieldAttention(make, `attention.${k}`, {
        input: k === 0 ? read.dim : width,
        ...{ heads, headDim, residual, scaled },
        rate: settings.dropout,
      }),
    );
    const output = make.linear('output', { input: read.count * width, output: 1, bias: 'prior' });
    const mlp = deep ? make.mlp('mlp', { input: read.width, widths: settings.hidden }) : null;
    const deepOutput = mlp && make.linear('deepOutput', { input: mlp.outputWidth, output: 1, bias: 'none' });
    return {
      apply({ fields, flat }, inputs, mode) {
        const attention: tf.Tensor4D[] = [];
        let x = fields;
        for (const layer of layers) {
          const attended = layer(x, inputs, mode);
          attention.push(attended.weights);
          x = attended.output;
        }
        const interacted = tf.reshape<tf.Rank.R2>(x, [inputs.batch, read.count * width]);
        const own = output.apply(interacted, inputs);
        const h = mlp?.apply(flat, inputs, mode).output;
        const beside = h && deepOutput ? deepOutput.apply(h, inputs) : null;
        return {
          logit: beside ? tf.add<tf.Tensor2D>(own, beside) : own,
          parts: () => tf.concat<tf.Tensor2D>(beside ? [own, beside] : [own], 1),
          attention,
          interacted,
        };
      },
      probes: [
        ...layers.map((_, k) => fieldAttention(read, k, heads)),
        ...(deep ? [partsProbe(shape, ['attention', 'deep'])] : []),
        rowVectors<{ readonly interacted: tf.Tensor2D }>({
          name: 'interacted',
          title: 'Fields after the last attention layer',
          reading: 'The logit is a linear function of these, so rows that stand together are scored alike.',
          equation: String.raw`e_1^{\mathrm{Res}} \oplus \cdots \oplus e_M^{\mathrm{Res}}`,
          vectors: (pass) => pass.interacted,
        }),
      ],
      outputs: ({ logit, attention }) => ({ logit, attention0: attention[0]! }),
    };
  },
});
