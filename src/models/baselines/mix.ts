/** One MLP over all scenarios' rows; the scenario is one field among others. */
import { clickModel } from '../clickModel';
import { collect } from '../collect';
import { defineModel } from '../definition';
import { createLinear, createMlp, flatInputs, flatWidth, priorBias } from '../layers';
import { lastLayer } from '../representation';
import { baselineFields, baselineNeeds, hidden } from './common';

export const mix = defineModel({
  id: 'mix',
  title: 'Mix',
  paper: null,
  family: 'single-task',
  summary: 'One network for all scenarios together; the scenario is only one more field.',
  fields: {
    ...baselineFields,
    hidden: hidden('Hidden layers', 'Widths of the network.', [256, 128, 64]),
  },
  presets: {
    paper: { hidden: [256, 128, 64], embeddingDim: 16 },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  variants: [],
  graph: null,
  needs: baselineNeeds,
  procedure: () => 'standard',
  build(shape, settings, variables) {
    const collected = collect(variables);
    const table = collected.table(shape.vocabularySize, settings.embeddingDim);
    const mlp = createMlp(collected, 'mlp', {
      input: flatWidth(shape, settings.embeddingDim, settings.history),
      widths: settings.hidden,
      batchNorm: settings.batchNorm,
      scenarios: shape.scenarios,
      dropout: settings.dropout,
    });
    const output = createLinear(collected, 'output', {
      input: mlp.outputWidth,
      output: 1,
      bias: priorBias(shape, settings.priorBias),
    });
    return clickModel({
      table,
      collected,
      forward(inputs, mode) {
        const h = mlp.apply(flatInputs(inputs, settings.history), inputs, mode).output;
        return { logit: output.apply(h), lastLayer: h };
      },
      probes: [lastLayer],
      represent: (out) => ({ lastLayer: out['lastLayer']! }),
    });
  },
});
