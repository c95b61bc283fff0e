/** What M-scan shows of itself: whose behaviours it reads, and how strong a scenario's direct effect is. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul, oneHot } from '../../../engine';
import type { DataShape, Inputs, Probe } from '../../definition';
import { historyOf, ownHistoryOf } from '../../layers';
import { numbered, oncePerPass, rowVectors, scenarioAxis } from '../../probes';
import type { CoAttentionKind } from './coAttention';
import type { MscanPass } from './pass';

interface ProbedSettings {
  readonly historyLength: number;
  readonly ownHistoryLength: number;
  readonly saca: CoAttentionKind;
  readonly sbe: boolean;
}

/** Sums over rows by scenario that several probes read. */
function createSums(scenarios: number) {
  return oncePerPass(({ attended }: MscanPass, inputs: Inputs) => {
    const { scenarioOneHot, weight } = inputs;
    const { scenarioIndex } = historyOf(inputs);
    const { mask: ownMask } = ownHistoryOf(inputs);
    const rows: tf.Tensor2D = tf.transpose(tf.mul(scenarioOneHot, weight));
    const happened = oneHot(tf.cast(scenarioIndex, 'int32'), scenarios);
    const hasAttention: tf.Tensor2D = tf.round(tf.sum(attended.weight, 1, true));
    const ownEmpty: tf.Tensor2D = tf.sub(1, tf.minimum(tf.sum(ownMask, 1, true), 1));
    /** `[B, k]` to `[N, k]`. */
    const wide = (values: tf.Tensor2D): tf.Tensor2D => matMul(rows, values);
    /** `[B, 1]` to `[N]`. */
    const single = (values: tf.Tensor2D): tf.Tensor1D => tf.reshape(wide(values), [scenarios]);
    return {
      wide,
      single,
      /** Shares of behaviours `[B, L]` by the scenario that they happened in, summed over rows `[N, N]`. */
      byScenario: (share: tf.Tensor2D): tf.Tensor2D =>
        wide(tf.sum(tf.mul(happened, tf.expandDims(share, 2)), 1)),
      /** Rows whose behaviours got any attention: themselves `[B, 1]`, their number by scenario `[N]`. */
      hasAttention,
      attended: single(hasAttention),
      /** 1 for rows without a behaviour in their own scenario `[B, 1]`. */
      ownEmpty,
      /** Rows by scenario `[N]`. */
      count: single(tf.ones([inputs.batch, 1])),
    };
  });
}

/** Attention is undefined for a row without history, which does not count for it. */
export function createProbes(shape: DataShape, settings: ProbedSettings): Probe<MscanPass>[] {
  // Data may offer fewer behaviours than the settings ask for.
  const offered = shape.history?.length ?? 0;
  const historyLength = Math.min(settings.historyLength, offered);
  const ownHistoryLength = Math.min(settings.ownHistoryLength, offered);
  const scenario = scenarioAxis(shape);
  const otherScenario = { name: 'otherScenario', labels: shape.scenarioIds } as const;
  const places = (count: number) => ({ name: 'position', labels: numbered('', count) }) as const;
  const sums = createSums(shape.scenarios);
  return [
    {
      name: 'attention',
      topic: 'attention',
      title: 'Where the attention of a scenario goes',
      reading:
        'A row is the current scenario, a column the scenario in which a behaviour happened; each cell is its share of the attention.',
      equation: '\\beta_j = \\mathrm{softmax}_j\\big(\\max_k C_{jk}\\big) \\quad (16\\text{–}17)',
      axes: [scenario, otherScenario],
      scale: 'share',
      compute(pass, inputs) {
        const { byScenario, attended } = sums(pass, inputs);
        return { sum: byScenario(pass.attended.weight), count: attended };
      },
    },
    {
      name: 'attentionUniform',
      topic: 'attention',
      title: 'The same if every behaviour counted alike',
      reading:
        'The share of behaviours by the scenario they happened in; the difference to the attention is what the model learned.',
      equation: '\\beta_j = 1 / N_{uh}',
      axes: [scenario, otherScenario],
      scale: 'share',
      compute(pass, inputs) {
        const { byScenario, single } = sums(pass, inputs);
        const { mask } = historyOf(inputs);
        const behaviours = tf.sum(mask, 1, true);
        return {
          sum: byScenario(tf.div(mask, tf.maximum(behaviours, 1))),
          count: single(tf.minimum(behaviours, 1)),
        };
      },
    },
    {
      name: 'attentionPosition',
      topic: 'attention',
      title: 'Attention by place in the history',
      reading: 'A column is a place in the history, oldest first; each cell is the mean attention there.',
      equation: '\\beta_j \\quad (17)',
      axes: [scenario, places(historyLength)],
      scale: 'share',
      compute(pass, inputs) {
        const { wide, attended } = sums(pass, inputs);
        return { sum: wide(pass.attended.weight), count: attended };
      },
    },
    {
      name: 'attentionEntropy',
      topic: 'attention',
      title: 'How spread the attention is',
      reading:
        'Entropy of the attention in nats: 0 reads one behaviour only, ln of the history’s length reads all alike.',
      equation: 'H = -\\textstyle\\sum_j \\beta_j \\ln \\beta_j',
      axes: [scenario],
      scale: 'value',
      compute(pass, inputs) {
        const { single, attended } = sums(pass, inputs);
        const { weight } = pass.attended;
        const entropy: tf.Tensor2D = tf.neg(tf.sum(tf.mul(weight, tf.log(tf.add(weight, 1e-12))), 1, true));
        return { sum: single(entropy), count: attended };
      },
    },
    {
      name: 'ownHistoryEmpty',
      topic: 'attention',
      title: 'Rows without a behaviour in their own scenario',
      reading: 'Share of rows whose attention is judged by the candidate item alone.',
      equation: '\\mathcal{S}_u = \\varnothing',
      axes: [scenario],
      scale: 'probability',
      compute(pass, inputs) {
        const { single, ownEmpty, count } = sums(pass, inputs);
        return { sum: single(ownEmpty), count };
      },
    },
    rowVectors({
      name: 'matchHidden',
      title: 'User–item representation',
      reading: 'The last layer below the match score, which the counterfactual inference keeps.',
      equation: 'h_m,\\quad \\hat y_m = w^\\top h_m + b',
      vectors: ({ matchHidden }: MscanPass) => matchHidden,
    }),
    rowVectors({
      name: 'interest',
      title: 'Interest by co-attention',
      reading: 'Behaviours of all scenarios, weighed by how they fit the current one.',
      equation: '\\textstyle\\sum_j \\beta_j h_j \\quad (17)',
      vectors: ({ interest }: MscanPass) => interest,
    }),
    rowVectors({
      name: 'state',
      title: 'Interest in the current scenario',
      reading:
        'What the encoder makes of the behaviours in the row’s own scenario; empty histories share one point.',
      equation: '\\mathrm{GRU}(\\mathcal S_u) \\quad (4)',
      vectors: ({ state }: MscanPass) => state,
    }),
    ...(settings.saca === 'co' ? [decidingBehaviour(shape, ownHistoryLength, sums)] : []),
    ...(settings.sbe ? directEffect(shape, sums) : []),
  ];
}

type Sums = ReturnType<typeof createSums>;

/** Of the co-attention: which own behaviour stands at the maximum of Eq 16. */
function decidingBehaviour(shape: DataShape, places: number, sums: Sums): Probe<MscanPass> {
  return {
    name: 'decidingBehaviour',
    topic: 'attention',
    title: 'Which own behaviour speaks for the others',
    reading:
      'A column is a place among the behaviours in the row’s own scenario, oldest first; each cell is the share of the attention whose maximum stands there.',
    equation: '\\arg\\max_k C_{jk} \\quad (16)',
    axes: [scenarioAxis(shape), { name: 'position', labels: numbered('', places) }],
    scale: 'share',
    compute(pass, inputs) {
      const { wide, single, hasAttention, ownEmpty } = sums(pass, inputs);
      const { weight, relevance } = pass.attended;
      if (!relevance) throw new Error('This probe is of co-attention, and the pass has none.');
      const deciding = oneHot(tf.argMax(relevance, 2), places);
      const hasOwn: tf.Tensor2D = tf.sub(1, ownEmpty);
      const share: tf.Tensor2D = tf.sum(tf.mul(deciding, tf.expandDims(tf.mul(weight, hasOwn), 2)), 1);
      return { sum: wide(share), count: single(tf.mul(hasAttention, hasOwn)) };
    },
  };
}

/** Of the branch that sees nothing but the scenario. */
function directEffect(shape: DataShape, sums: Sums): Probe<MscanPass>[] {
  const directOf = ({ direct }: MscanPass) => {
    if (!direct) throw new Error('This probe is of the bias eliminator, and the pass has none.');
    return direct;
  };
  return [
    rowVectors({
      name: 'scenarioHidden',
      title: 'Bias eliminator',
      reading:
        'The last layer of the branch that sees nothing but the scenario’s features: what inference takes away.',
      equation: 'h_s,\\quad \\hat y_s = w_s^\\top h_s + b_s \\quad (7\\text{–}8)',
      vectors: (pass: MscanPass) => directOf(pass).hidden,
    }),
    {
      name: 'scenarioEffect',
      topic: 'counterfactual',
      title: 'Direct effect of a scenario',
      reading: 'Mean click rate that the scenario branch expects from the scenario’s own features.',
      equation: '\\sigma(\\hat y_s) \\quad (7\\text{–}8)',
      axes: [scenarioAxis(shape)],
      scale: 'probability',
      compute(pass, inputs) {
        const { single, count } = sums(pass, inputs);
        return { sum: single(tf.sigmoid(directOf(pass).logit)), count };
      },
    },
  ];
}
