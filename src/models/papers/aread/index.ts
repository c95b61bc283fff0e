/** AREAD as the registry knows it. */
import { disposeVariables } from '../../../engine';
import type { Parameter, StateTensor, VariableFactory } from '../../../engine';
import { defineModel } from '../../definition';
import { buildBase } from './base';
import { areadGraph } from './graph';
import { buildHierarchical } from './model';
import { areadFields, areadPresets, areadVariants } from './settings';

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
  fields: areadFields,
  presets: areadPresets,
  variants: areadVariants,
  graph: areadGraph,
  needs: (settings) =>
    settings.history === 'mean' ? { history: { length: settings.historyLength, scenario: false } } : {},
  procedure: (settings) => (settings.hei && settings.hemp ? 'aread' : 'standard'),
  build(shape, settings, variables) {
    const parameters: Parameter[] = [];
    const states: StateTensor[] = [];
    const collected: VariableFactory = {
      ...variables,
      parameter(...given) {
        const made = variables.parameter(...given);
        parameters.push(made);
        return made;
      },
      state(...given) {
        const made = variables.state(...given);
        states.push(made);
        return made;
      },
    };
    const table = variables.table(shape.vocabularySize, settings.embeddingDim);
    const parts = settings.hei
      ? buildHierarchical(shape, settings, collected)
      : buildBase(shape, settings, collected);
    return {
      ...parts,
      table,
      parameters,
      states,
      dispose: () => disposeVariables([table, ...parameters, ...states]),
    };
  },
});
