/** The paper's causal graph (Figure 1(b)) over two scenarios; edges that a module cuts carry its setting. */
import type { CausalGraph } from '../../definition';

const scenarioNodes = [1, 2].flatMap((n) => {
  const side = n === 1 ? 0.15 : 0.85;
  return [
    {
      id: `D${n}`,
      label: `D${n}`,
      meaning: `Scenario-aware information of scenario ${n}, e.g. its id.`,
      x: side,
      y: 0.1,
    },
    {
      id: `X${n}`,
      label: `X${n}`,
      meaning: `Representation of user and item specific to scenario ${n}.`,
      x: side,
      y: 0.45,
    },
    { id: `Y${n}`, label: `Ŷ${n}`, meaning: `Predicted click in scenario ${n}.`, x: side, y: 0.9 },
  ];
});

function edgesOf(n: 1 | 2): CausalGraph['edges'] {
  const m = n === 1 ? 2 : 1;
  return [
    {
      from: `D${n}`,
      to: `X${n}`,
      meaning:
        'The scenario colours what is learnt of user and item, and through X what other scenarios see. Do(Invar) cuts it: the invariant representation squeezes the scenario out.',
      setting: { name: 'invar', cut: true, kept: false },
    },
    { from: `X${n}`, to: 'X', meaning: 'The shared representation is drawn from every scenario’s own.' },
    { from: `X${n}`, to: `Y${n}`, meaning: 'A scenario’s own representation decides its own clicks.' },
    {
      from: `X${n}`,
      to: `Y${m}`,
      meaning:
        'What holds in one scenario pulls at the predictions of another: negative transfer. Do(De-Neg) cuts it: gradients of the scenarios’ losses are kept orthogonal, and the meta-learning step makes the shared part a start that each scenario adapts from.',
      setting: { name: 'gramSchmidt', cut: true, kept: false },
    },
    { from: 'X', to: `Y${n}`, meaning: 'What is common to all scenarios.' },
    {
      from: `D${n}`,
      to: `Y${n}`,
      meaning:
        'The scenario itself changes clicks, for instance by where items stand on its page. Do(Trans) models it: TransNet asks what the click would be in other scenarios.',
      setting: { name: 'fusion', cut: 'none', kept: 'transnet' },
    },
  ];
}

export const graph: CausalGraph = {
  nodes: [
    ...scenarioNodes,
    { id: 'X', label: 'X', meaning: 'Scenario-invariant representation.', x: 0.5, y: 0.6 },
  ],
  edges: [...edgesOf(1), ...edgesOf(2)],
};
