/** What is left of AREAD without hierarchical experts (Figure 6, MMoE): one gate and one tower per scenario. */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithLogits, matMul } from '../../../engine';
import type { VariableFactory } from '../../../engine';
import type { DataShape, Model } from '../../definition';
import {
  createOwnLinear,
  createScenarioGate,
  createStackedMlp,
  createTowerBank,
  flatInputs,
  flatWidth,
  mixStack,
  priorBiases,
} from '../../layers';
import type { AreadSettings } from './settings';

/** The same parameters, by name and shape, as the `mmoe` baseline. */
export function buildBase(
  shape: DataShape,
  settings: AreadSettings,
  variables: VariableFactory,
): Pick<Model, 'forward' | 'losses' | 'scores' | 'probes' | 'probe'> {
  const { scenarios } = shape;
  const { batchNorm, dropout } = settings;
  const width = flatWidth(shape, settings.embeddingDim, settings.history);
  const experts = createStackedMlp(variables, 'expert', {
    stack: settings.baseExperts,
    input: width,
    widths: settings.baseHidden,
    batchNorm,
    scenarios,
    dropout,
  });
  const gates = createScenarioGate(variables, 'gate', scenarios, width, settings.baseExperts);
  const towers = createTowerBank(variables, 'tower', {
    input: experts.outputWidth,
    widths: settings.towerHidden,
    batchNorm,
    scenarios,
    dropout,
  });
  const output = createOwnLinear(variables, 'output', scenarios, {
    input: towers.outputWidth,
    output: 1,
    bias: priorBiases(shape, settings.priorBias),
  });
  return {
    forward(inputs, mode) {
      const features = flatInputs(inputs, settings.history);
      const gate = gates.own(features, inputs.scenarioOneHot);
      const mixed = mixStack(experts.apply(features, inputs, mode), gate);
      const tower = towers.apply(mixed, inputs, mode).output;
      return { logit: output.apply(tower, inputs.scenarioOneHot), gate };
    },
    losses(out, inputs) {
      const click = bceWithLogits(out.logit, inputs.label, inputs.weight);
      return { total: click, terms: { click } };
    },
    scores: (out) => ({ score: out.logit, probability: tf.sigmoid(out.logit) }),
    probes: [
      {
        name: 'gates',
        tab: 'gates',
        title: 'Base experts by scenario',
        reading: 'Mean weight of each expert on a scenario’s rows.',
        equation: String.raw`\bar g_{d,k}=\operatorname{mean}_{x\in d}\operatorname{softmax}(W_dE+b_d)_k`,
        axes: [
          { name: 'scenario', labels: shape.scenarioIds },
          { name: 'expert', labels: Array.from({ length: settings.baseExperts }, (_, k) => `${k + 1}`) },
        ],
        scale: 'share',
      },
    ],
    probe(out, inputs) {
      const rows = tf.transpose(tf.mul(inputs.scenarioOneHot, inputs.weight)) as tf.Tensor2D;
      return { gates: { sum: matMul(rows, out.gate as tf.Tensor2D), count: tf.sum(rows, 1) } };
    },
  };
}
