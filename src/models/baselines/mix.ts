/** One MLP over all scenarios' rows; the scenario is one field among others. */
import { createLinear, createMlp, priorBias } from '../layers';
import { lastLayer } from '../probes';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

export const mix = defineBaseline({
  id: 'mix',
  title: 'Mix',
  paper: null,
  family: 'single-task',
  summary: 'One network for all scenarios together; the scenario is only one more field.',
  topics: ['representation'],
  fields: {
    ...baselineFields,
    hidden: hidden('Hidden layers', 'Widths of the network.', [256, 128, 64]),
  },
  presets: {
    paper: { hidden: [256, 128, 64], embeddingDim: 16 },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  network({ variables, input, shape, settings }) {
    const mlp = createMlp(variables, 'mlp', {
      input,
      widths: settings.hidden,
      batchNorm: settings.batchNorm,
      scenarios: shape.scenarios,
      dropout: settings.dropout,
    });
    const output = createLinear(variables, 'output', {
      input: mlp.outputWidth,
      output: 1,
      bias: priorBias(shape, settings.priorBias),
    });
    return {
      apply(flat, inputs, mode) {
        const h = mlp.apply(flat, inputs, mode).output;
        return { logit: output.apply(h), lastLayer: h };
      },
      probes: [lastLayer],
    };
  },
});
