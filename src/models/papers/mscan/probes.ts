/** What M-scan shows of itself: whose behaviours it reads, and how strong a scenario's direct effect is. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../../../engine';
import type { DataShape, Inputs, Output, ProbeSpec, ProbeTensor } from '../../definition';
import { rowVectors } from '../../representation';
import type { CoAttentionKind } from './coAttention';

interface ProbedSettings {
  readonly historyLength: number;
  readonly ownHistoryLength: number;
  readonly saca: CoAttentionKind;
  readonly sbe: boolean;
}

export function probeSpecs(shape: DataShape, settings: ProbedSettings): ProbeSpec[] {
  const { saca, sbe: eliminator } = settings;
  // Data may offer fewer behaviours than the settings ask for.
  const offered = shape.history?.length ?? 0;
  const historyLength = Math.min(settings.historyLength, offered);
  const ownHistoryLength = Math.min(settings.ownHistoryLength, offered);
  const scenarios = { labels: shape.scenarioIds };
  const specs: ProbeSpec[] = [
    {
      name: 'attention',
      topic: 'attention',
      title: 'Where the attention of a scenario goes',
      reading:
        'A row is the current scenario, a column the scenario in which a behaviour happened; each cell is its share of the attention.',
      equation: '\\beta_j = \\mathrm{softmax}_j\\big(\\max_k C_{jk}\\big) \\quad (16\\text{–}17)',
      axes: [
        { name: 'scenario', ...scenarios },
        { name: 'otherScenario', ...scenarios },
      ],
      scale: 'share',
    },
    {
      name: 'attentionUniform',
      topic: 'attention',
      title: 'The same if every behaviour counted alike',
      reading:
        'The share of behaviours by the scenario they happened in; the difference to the attention is what the model learned.',
      equation: '\\beta_j = 1 / N_{uh}',
      axes: [
        { name: 'scenario', ...scenarios },
        { name: 'otherScenario', ...scenarios },
      ],
      scale: 'share',
    },
    {
      name: 'attentionPosition',
      topic: 'attention',
      title: 'Attention by place in the history',
      reading: 'A column is a place in the history, oldest first; each cell is the mean attention there.',
      equation: '\\beta_j \\quad (17)',
      axes: [
        { name: 'scenario', ...scenarios },
        { name: 'position', labels: Array.from({ length: historyLength }, (_, k) => String(k + 1)) },
      ],
      scale: 'share',
    },
    {
      name: 'attentionEntropy',
      topic: 'attention',
      title: 'How spread the attention is',
      reading:
        'Entropy of the attention in nats: 0 reads one behaviour only, ln of the history’s length reads all alike.',
      equation: 'H = -\\textstyle\\sum_j \\beta_j \\ln \\beta_j',
      axes: [{ name: 'scenario', ...scenarios }],
      scale: 'value',
    },
    {
      name: 'ownHistoryEmpty',
      topic: 'attention',
      title: 'Rows without a behaviour in their own scenario',
      reading: 'Share of rows whose attention is judged by the candidate item alone.',
      equation: '\\mathcal{S}_u = \\varnothing',
      axes: [{ name: 'scenario', ...scenarios }],
      scale: 'probability',
    },
    rowVectors({
      name: 'matchHidden',
      title: 'User–item representation',
      reading: 'The last layer below the match score, which the counterfactual inference keeps.',
      equation: 'h_m,\\quad \\hat y_m = w^\\top h_m + b',
    }),
    rowVectors({
      name: 'interest',
      title: 'Interest by co-attention',
      reading: 'Behaviours of all scenarios, weighed by how they fit the current one.',
      equation: '\\textstyle\\sum_j \\beta_j h_j \\quad (17)',
    }),
    rowVectors({
      name: 'state',
      title: 'Interest in the current scenario',
      reading:
        'What the encoder makes of the behaviours in the row’s own scenario; empty histories share one point.',
      equation: '\\mathrm{GRU}(\\mathcal S_u) \\quad (4)',
    }),
  ];
  if (saca === 'co') {
    specs.push({
      name: 'decidingBehaviour',
      topic: 'attention',
      title: 'Which own behaviour speaks for the others',
      reading:
        'A column is a place among the behaviours in the row’s own scenario, oldest first; each cell is the share of the attention whose maximum stands there.',
      equation: '\\arg\\max_k C_{jk} \\quad (16)',
      axes: [
        { name: 'scenario', ...scenarios },
        { name: 'position', labels: Array.from({ length: ownHistoryLength }, (_, k) => String(k + 1)) },
      ],
      scale: 'share',
    });
  }
  if (eliminator) {
    specs.push(
      rowVectors({
        name: 'scenarioHidden',
        title: 'Bias eliminator',
        reading:
          'The last layer of the branch that sees nothing but the scenario’s features: what inference takes away.',
        equation: 'h_s,\\quad \\hat y_s = w_s^\\top h_s + b_s \\quad (7\\text{–}8)',
      }),
    );
    specs.push({
      name: 'scenarioEffect',
      topic: 'counterfactual',
      title: 'Direct effect of a scenario',
      reading: 'Mean click rate that the scenario branch expects from the scenario’s own features.',
      equation: '\\sigma(\\hat y_s) \\quad (7\\text{–}8)',
      axes: [{ name: 'scenario', ...scenarios }],
      scale: 'probability',
    });
  }
  return specs;
}

/** Sums over rows by scenario; a row without history does not count for attention. */
export function probeSums(output: Output, inputs: Inputs, scenarios: number): Record<string, ProbeTensor> {
  const { scenarioOneHot, weight } = inputs;
  const history = inputs.history!;
  const own = inputs.ownHistory!;
  const beta = output.historyWeight as tf.Tensor2D;
  const [batch, length] = beta.shape;
  const rows: tf.Tensor2D = tf.transpose(tf.mul(scenarioOneHot, weight));
  const perScenario = (values: tf.Tensor2D): tf.Tensor2D => matMul(rows, values);
  const hasHistory: tf.Tensor2D = tf.minimum(tf.sum(history.mask, 1, true), 1);
  const hasAttention: tf.Tensor2D = tf.round(tf.sum(beta, 1, true));
  const attended = tf.reshape(perScenario(hasAttention), [scenarios]);
  const happened = tf.oneHot(tf.cast(history.scenarioIndex, 'int32'), scenarios) as tf.Tensor3D;
  const byScenario = (share: tf.Tensor2D): tf.Tensor2D =>
    tf.sum(tf.mul(tf.cast(happened, 'float32'), tf.expandDims(share, 2)), 1);
  const uniform: tf.Tensor2D = tf.div(history.mask, tf.maximum(tf.sum(history.mask, 1, true), 1));
  const entropy: tf.Tensor2D = tf.neg(tf.sum(tf.mul(beta, tf.log(tf.add(beta, 1e-12))), 1, true));
  const ownEmpty: tf.Tensor2D = tf.sub(1, tf.minimum(tf.sum(own.mask, 1, true), 1));
  const count = tf.reshape(perScenario(tf.ones([batch, 1])), [scenarios]);
  const flat = (sums: tf.Tensor2D): tf.Tensor1D => tf.reshape(sums, [scenarios]);
  const sums: Record<string, ProbeTensor> = {
    attention: { sum: perScenario(byScenario(beta)), count: attended },
    attentionUniform: {
      sum: perScenario(byScenario(uniform)),
      count: flat(perScenario(hasHistory)),
    },
    attentionPosition: { sum: tf.reshape(perScenario(beta), [scenarios, length]), count: attended },
    attentionEntropy: { sum: flat(perScenario(entropy)), count: attended },
    ownHistoryEmpty: { sum: flat(perScenario(ownEmpty)), count },
  };
  if (output.relevance) {
    const places = own.mask.shape[1];
    const deciding = tf.cast(tf.oneHot(tf.argMax(output.relevance, 2), places), 'float32');
    const hasOwn: tf.Tensor2D = tf.sub(1, ownEmpty);
    const share: tf.Tensor2D = tf.sum(tf.mul(deciding, tf.expandDims(tf.mul(beta, hasOwn), 2)), 1);
    sums.decidingBehaviour = {
      sum: perScenario(share),
      count: flat(perScenario(tf.mul(hasAttention, hasOwn))),
    };
  }
  if (output.scenarioLogit) {
    sums.scenarioEffect = {
      sum: flat(perScenario(tf.sigmoid(output.scenarioLogit as tf.Tensor2D))),
      count,
    };
  }
  return sums;
}
