/**
 * How features reach the click in OptMSM (Figure 2 of the paper). The paper states no causal graph; its claim is one of separation:
 * what scenarios share and what is a scenario's own take different ways to the click. Positions are shares of the drawing.
 */
import type { CausalGraph } from '../../definition';

export const graph: CausalGraph = {
  title: 'Which way features take to the click in OptMSM',
  nodes: [
    {
      id: 'shared',
      label: 'x_c',
      meaning: 'Features that scenarios share: user, item, context',
      x: 0.07,
      y: 0.3,
    },
    {
      id: 'specific',
      label: 'x^m',
      meaning: 'Features of the scenario itself: its id, the place on the page',
      x: 0.07,
      y: 0.85,
    },
    {
      id: 'gate',
      label: 'Gate',
      meaning: 'Adaptive gate: how much each scenario listens to each shared field',
      x: 0.27,
      y: 0.12,
    },
    { id: 'own', label: 'r^m', meaning: 'Representation of the row in its own scenario', x: 0.5, y: 0.42 },
    {
      id: 'others',
      label: 'r^n',
      meaning: 'The same row’s representations in the other scenarios',
      x: 0.5,
      y: 0.1,
    },
    {
      id: 'prior',
      label: 'R₀',
      meaning: 'Representation and scenario features side by side',
      x: 0.66,
      y: 0.68,
    },
    {
      id: 'hyper',
      label: 'G',
      meaning: 'Hypernetwork: one scale in (0, 2) for every unit of the predictor',
      x: 0.76,
      y: 0.28,
    },
    { id: 'click', label: 'Y', meaning: 'Click', x: 0.94, y: 0.68 },
  ],
  edges: [
    {
      from: 'shared',
      to: 'gate',
      meaning: 'Every scenario weighs the shared fields by squeeze and excitation (Eq 5).',
      setting: { name: 'seGate', cut: false, kept: true },
    },
    { from: 'gate', to: 'own', meaning: 'The gated fields become the row’s representation (Eq 6–8).' },
    { from: 'gate', to: 'others', meaning: 'The same fields, gated for other scenarios, are its contrast.' },
    {
      from: 'others',
      to: 'own',
      meaning: 'The constraint pushes a row’s representations in different scenarios apart (Eq 9).',
      setting: { name: 'lambdaOrth', cut: 0, kept: 1e-4 },
    },
    {
      from: 'specific',
      to: 'prior',
      meaning: 'Scenario features stay apart from the shared ones and join late (Eq 4, 10).',
      setting: { name: 'priors', cut: false, kept: true },
    },
    { from: 'own', to: 'prior', meaning: 'Representation and scenario features are concatenated (Eq 10).' },
    {
      from: 'prior',
      to: 'hyper',
      meaning: 'The hypernetwork reads both and scales every layer of the predictor (Eq 11, 12).',
      setting: { name: 'hypernetwork', cut: false, kept: true },
    },
    { from: 'hyper', to: 'click', meaning: 'Scaled units weigh what matters in this scenario.' },
    {
      from: 'prior',
      to: 'click',
      meaning: 'The scenario’s predictor turns R₀ into a click probability (Eq 13).',
    },
  ],
};
