/** The paper's causal reading of a click, and where its modules act. Positions are shares of the drawing's width and height. */
import type { CausalGraph } from '../../definition';

export const graph: CausalGraph = {
  nodes: [
    { id: 'features', label: 'X', meaning: 'User, item and context features', x: 0.08, y: 0.5 },
    { id: 'domain', label: 'D', meaning: 'Domain (scenario) of the row', x: 0.08, y: 0.12 },
    {
      id: 'interest',
      label: 'Interest',
      meaning: 'Genuine interest, alike in all domains',
      x: 0.36,
      y: 0.68,
    },
    {
      id: 'conformity',
      label: 'Conformity',
      meaning: 'Following the crowd: grows with the item’s popularity',
      x: 0.36,
      y: 0.92,
    },
    {
      id: 'minor',
      label: 'A_d',
      meaning: 'Rows added to minor domains: clicks on unpopular items of major domains',
      x: 0.64,
      y: 0.5,
    },
    { id: 'mask', label: 'M_d', meaning: 'The domain’s mask over the experts’ edges', x: 0.44, y: 0.12 },
    {
      id: 'experts',
      label: 'Experts',
      meaning: 'Hierarchical experts, from coarse to fine',
      x: 0.68,
      y: 0.26,
    },
    { id: 'click', label: 'Y', meaning: 'Click', x: 0.93, y: 0.68 },
  ],
  edges: [
    { from: 'features', to: 'interest', meaning: 'Who the user is and what the item is make the interest.' },
    { from: 'features', to: 'conformity', meaning: 'A popular item is clicked because others clicked it.' },
    { from: 'interest', to: 'click', meaning: 'A click may come from interest,' },
    {
      from: 'conformity',
      to: 'click',
      meaning: 'or from conformity: interest and conformity meet in the click.',
    },
    {
      from: 'interest',
      to: 'minor',
      meaning:
        'A click on an unpopular item is likely interest, which holds in every domain: it is copied to minor ones (Eq 5).',
      setting: { name: 'aug', cut: false, kept: true },
    },
    {
      from: 'minor',
      to: 'mask',
      meaning: 'Added rows let a minor domain’s candidate masks be trained and compared.',
      setting: { name: 'aug', cut: false, kept: true },
    },
    {
      from: 'domain',
      to: 'mask',
      meaning: 'Each domain searches its own mask (Algorithm 1).',
      setting: { name: 'hemp', cut: false, kept: true },
    },
    {
      from: 'mask',
      to: 'experts',
      meaning: 'The mask decides which experts a domain learns from (Eq 4).',
      setting: { name: 'hemp', cut: false, kept: true },
    },
    {
      from: 'features',
      to: 'experts',
      meaning: 'Experts of several granularities mix what domains share (Eq 3).',
      setting: { name: 'hei', cut: false, kept: true },
    },
    { from: 'experts', to: 'click', meaning: 'Active heads are averaged to the prediction (Eq 9).' },
  ],
};
