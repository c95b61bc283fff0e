/** AREAD as the registry knows it. */
import { baselineNeeds } from '../../baselines/common';
import { mmoe } from '../../baselines/mmoe';
import { defineModel } from '../../definition';
import { standard } from '../../procedureChoice';
import type { AnyModel, DataShape } from '../../definition';
import type { VariableFactory } from '../../../engine';
import { graph } from './graph';
import { buildHierarchical } from './model';
import { areadTraining, fields, presets, variants } from './settings';
import type { AreadSettings } from './settings';

/** Figure 6, MMoE: the base with one gate and one tower per scenario, which is the baseline of that name. */
function buildWithoutHierarchy(
  shape: DataShape,
  settings: AreadSettings,
  variables: VariableFactory,
): AnyModel {
  const { embeddingDim, dropout, batchNorm, priorBias, history, historyLength, towerHidden } = settings;
  const { baseExperts: numExperts, baseHidden: expertHidden } = settings;
  const shared = { embeddingDim, dropout, batchNorm, priorBias, history, historyLength, towerHidden };
  const given = {
    ...shared,
    numExperts,
    expertHidden,
    scenarioField: 'on',
    clusters: 0,
    clusterSteps: 1,
  } as const;
  return mmoe.build(shape, given, variables);
}

export const aread = defineModel({
  id: 'aread',
  title: 'AREAD',
  paper: {
    title: 'One for Dozens: Adaptive REcommendation for All Domains with Counterfactual Augmentation',
    authors: 'Huishi Luo, Yiwen Chen, Yiqing Wu, Fuzhen Zhuang, Deqing Wang',
    venue: 'AAAI',
    year: 2025,
    url: 'https://doi.org/10.1609/aaai.v39i12.33340',
  },
  family: 'paper',
  summary: 'Dozens of scenarios share layers of experts; each searches a mask of the experts that help it.',
  topics: ['gates', 'masks', 'representation'],
  fields,
  presets,
  presetTraining: { paper: { l2: 1e-5 } },
  variants,
  graph,
  needs: baselineNeeds,
  procedure: (settings) => (settings.hei && settings.hemp ? areadTraining.choose(settings) : standard),
  build(shape, settings, variables) {
    if (!settings.hei) return buildWithoutHierarchy(shape, settings, variables);
    return buildHierarchical(shape, settings, variables);
  },
});
