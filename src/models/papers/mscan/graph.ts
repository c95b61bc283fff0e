import type { CausalGraph } from '../../definition';

/** The paper's Figure 2. Both paths that start at the scenario have a module that can be switched off. */
export const graph: CausalGraph = {
  nodes: [
    { id: 'U', label: 'User', meaning: 'The user’s features.', x: 0.1, y: 0.15 },
    { id: 'I', label: 'Item', meaning: 'The candidate item’s features.', x: 0.1, y: 0.85 },
    { id: 'S', label: 'Scenario', meaning: 'The scenario’s id and features.', x: 0.5, y: 0.15 },
    {
      id: 'M',
      label: 'Match',
      meaning: 'How well the item matches the user’s interest here.',
      x: 0.5,
      y: 0.85,
    },
    { id: 'Y', label: 'Click', meaning: 'Whether the item is clicked.', x: 0.9, y: 0.5 },
  ],
  edges: [
    { from: 'U', to: 'M', meaning: 'Who the user is shapes the match.' },
    { from: 'I', to: 'M', meaning: 'What the item is shapes the match.' },
    {
      from: 'S',
      to: 'M',
      meaning: 'Interests differ by scenario: co-attention reads behaviours that fit the current one.',
      setting: { name: 'saca', cut: 'none', kept: 'co' },
    },
    { from: 'M', to: 'Y', meaning: 'A better match is clicked more often.' },
    {
      from: 'S',
      to: 'Y',
      meaning:
        'A prominent place is clicked more often whatever is shown: the bias eliminator models and removes it.',
      setting: { name: 'sbe', cut: false, kept: true },
    },
  ],
};
