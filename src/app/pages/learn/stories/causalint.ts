import type { Story } from '../story';

export const causalint: Story = {
  id: 'causalint',
  title: 'CausalInt: when one scenario’s lesson is another’s mistake',
  summary: 'A shared network learns from all scenarios at once, and what holds in one leaks into another.',
  paper: 'causalint',
  world: 'conflict-4',
  pair: [0, 1],
  crowd: 'tastes',
  screens: [
    {
      title: 'The same person, other wishes',
      text: [
        'Somebody looks for a playground under “with children” and for a quiet hotel under “for two”. Same person, same app, another [[scenario]].',
        'The picture shows one person of a simulated [[world]] in which every scenario has wishes of its own. Watch a category that suits them in the one scenario and not in the other, and what they clicked.',
        'In the crowd, a dot is a person and an item. The further the dots are from one line, the less a click in the one scenario tells of the other. A shared network learns from both at once: what holds in one leaks into the other. That is [[negative transfer]].',
      ],
    },
    {
      title: 'The arrow that should not be there',
      text: [
        'This is the paper’s Figure 1(b), for two scenarios. What is learnt of people in a scenario should decide clicks *there*, and what is common should decide clicks everywhere. But inside one model more arrows appear.',
        'Press the arrow from “Own 1” to “Click 2”: that is the one the paper calls conflict. Its module keeps the gradients of the scenarios’ losses at right angles.',
        'The paper cuts a second kind, from a scenario’s information to what is learnt there. A third kind, from the scenario to its own click, stays: it is modelled on purpose.',
      ],
    },
    {
      title: 'One row through CausalInt',
      text: [
        'A small CausalInt was trained in this world, and one row of its test part went through. Every number in the picture is that row’s own. The paper’s question stands in the middle: what would this person have done with this item *elsewhere*?',
      ],
    },
    {
      title: 'Who suffers without right angles?',
      text: [
        'Two small CausalInts: one keeps the gradients of the scenarios at right angles, which is how the paper cuts the arrow from “Own 1” to “Click 2”; one does not, so the arrow stays. Neither takes the meta-learning step, as in the stored pair. Same data, same [[seed]]. Scenario A has 42 % of the traffic, D only 6 %.',
        'Predict first: which scenario loses most [[noise-free AUC]] without it?',
      ],
    },
    {
      title: 'What it does not do',
      text: [
        'The question is [[counterfactual]], the training is not: a [[vote]] is trained on what happened in the row’s own scenario, because nobody knows what would have happened elsewhere. The paper says so. Only a simulator can compare votes with the truth.',
        'The weights α come from a classifier that learns to name the scenario. The better it does so, the more the row’s own expert decides alone; the paper says that too. Then little comes from other scenarios.',
        'What became of the paper’s claims in this world stands in the list, for and against.',
      ],
    },
  ],
  graph: {
    names: {
      D1: 'Scenario 1',
      D2: 'Scenario 2',
      X1: 'Own 1',
      X2: 'Own 2',
      X: 'Common',
      Y1: 'Click 1',
      Y2: 'Click 2',
    },
    lead: 'X1-Y2',
    edges: {
      'D1-X1': {
        kept: 'The scenario colours what is learnt of people and items, and through the common part also what other scenarios see.',
        cut: 'Cut by Do(Invar): four tasks part what is invariant from what names the scenario, so that the common part does not know the scenario.',
      },
      'D2-X2': {
        kept: 'The scenario colours what is learnt of people and items, and through the common part also what other scenarios see.',
        cut: 'Cut by Do(Invar): four tasks part what is invariant from what names the scenario, so that the common part does not know the scenario.',
      },
      'X1-Y2': {
        kept: 'What holds in scenario 1 pulls at the predictions of scenario 2. If wishes are opposite, one step of training helps one and hurts the other.',
        cut: 'Cut by Do(De-Neg): gradients of the scenarios’ losses are kept at right angles, and a meta-learning step makes the common part a start for each.',
      },
      'X2-Y1': {
        kept: 'What holds in scenario 2 pulls at the predictions of scenario 1. If wishes are opposite, one step of training helps one and hurts the other.',
        cut: 'Cut by Do(De-Neg): gradients of the scenarios’ losses are kept at right angles, and a meta-learning step makes the common part a start for each.',
      },
    },
  },
  predict: {
    question: 'Which scenario loses most without right angles?',
    setup: { model: 'causalint', preset: 'tiny', hidden: '32,16', maml: 'off' },
    by: { name: 'gramSchmidt', first: true, second: false },
    names: ['gradients at right angles', 'gradients as they come'],
    among: 'scenarios',
    atZero:
      'At dose 0 people want the same everywhere: gradients have no reason to pull apart, and the module should move nothing.',
  },
  claims: [
    'causalint-mix-hurts-largest',
    'causalint-table-6-orthogonal-regularisation-of-gradients-largest',
    'causalint-table-6-orthogonal-regularisation-of-gradients-smallest',
    'causalint-table-6-the-meta-learning-step-largest',
    'causalint-table-6-the-meta-learning-step-smallest',
    'causalint-table-4-the-invariant-representation-largest',
    'causalint-table-4-transnet-largest',
    'causalint-table-2-star-largest',
  ],
  exercises: [
    {
      kind: 'number',
      question:
        'Two gradients: g₁ = (2, 0) and g₂ = (1, 1). Gram–Schmidt keeps the part of g₂ at right angles to g₁. How long is what it takes away?',
      answer: 1,
      within: 0.005,
      why: 'The part along g₁ is (1, 0), of length 1; what stays is (0, 1).',
    },
    {
      kind: 'choice',
      question:
        'Table 2 prints Shared Bottom at 0.6100 in scenario #1 and 0.6149 in #2. Table 4 prints the same model at 0.6149 in #1 and 0.6100 in #2. What follows?',
      options: [
        'The model was trained again with another seed.',
        'Scenarios 1 and 2 have changed places between the tables.',
        'Table 4 has other test rows.',
      ],
      answer: 1,
      why: 'The last column of Table 4 is the full model: 0.6231 and 0.6179, which are Table 2’s figures of CausalInt, also changed about.',
    },
    {
      kind: 'number',
      question:
        'Scenario #3 in Table 2: Single 0.5702, CausalInt 0.5996, printed RelImp 5.16 %, which is the plain ratio. How many percent is RelaImpr with 0.5 taken off both?',
      answer: 41.9,
      within: 0.3,
      unit: '%',
      why: '0.0996 / 0.0702 − 1 = 41.9 %. The same gain, told by two formulas that have nearly the same name.',
    },
  ],
};
