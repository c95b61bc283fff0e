import type { CausalGraph } from '../../definition';

/** SAR-Net's account of a click, with the modules that answer each path. */
export const graph: CausalGraph = {
  nodes: [
    { id: 'U', label: 'User', meaning: 'Profile and earlier behaviours in all scenarios.', x: 0.08, y: 0.2 },
    {
      id: 'S',
      label: 'Scenario',
      meaning: 'The current scenario and those of behaviours.',
      x: 0.45,
      y: 0.08,
    },
    { id: 'I', label: 'Item', meaning: 'The candidate item.', x: 0.08, y: 0.8 },
    { id: 'M', label: 'Interest', meaning: 'What the user wants in this scenario.', x: 0.55, y: 0.45 },
    {
      id: 'X',
      label: 'Intervention',
      meaning: 'Promotion that shows some items more than they earn.',
      x: 0.45,
      y: 0.92,
    },
    { id: 'Y', label: 'Click', meaning: 'Whether the item is clicked.', x: 0.92, y: 0.45 },
  ],
  edges: [
    { from: 'U', to: 'M', meaning: 'Behaviours show interest.' },
    {
      from: 'S',
      to: 'M',
      meaning: 'Interest moves between scenarios: attention by the behaviours’ scenarios.',
      setting: { name: 'attention', cut: 'target', kept: 'sar' },
    },
    { from: 'I', to: 'M', meaning: 'What the item is.' },
    {
      from: 'S',
      to: 'Y',
      meaning: 'Scenarios weigh the same features differently: the scenario-specific transform.',
      setting: { name: 'transform', cut: false, kept: true },
    },
    {
      from: 'X',
      to: 'Y',
      meaning: 'Intervened exposures distort what clicks say: bias nets see the fairness coefficient.',
      setting: { name: 'biasNet', cut: false, kept: true },
    },
    {
      from: 'X',
      to: 'I',
      meaning: 'Intervention floods the log with some items: the loss weighs rows by fairness.',
      setting: { name: 'biasLoss', cut: false, kept: true },
    },
    { from: 'M', to: 'Y', meaning: 'Interest is clicked.' },
  ],
};
