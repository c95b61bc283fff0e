import type { Story } from '../story';

export const optmsm: Story = {
  id: 'optmsm',
  title: 'OptMSM: fields that count in one place only',
  summary: 'Some fields belong to one scenario. Mixed in with the rest they are noise everywhere else.',
  paper: 'optmsm',
  world: 'specifics-4',
  pair: [0, 1],
  crowd: 'signals',
  screens: [
    {
      title: 'A signal that matters here, not there',
      text: [
        'A model reads [[field]]s: age, category, place on the page. Most mean the same in every [[scenario]]. Some do not: what decides a click on one page may be noise on the next.',
        'In this simulated [[world]] every row carries six signals of the moment. Four of them count in one scenario each, two count in all. Look at the person first: what they like is the same in both scenarios, so it is not interest that makes the difference here.',
        'Then the crowd: each line is a signal, each column a scenario. A long bar means that the click rate there moves with the signal. A model that reads all fields alike everywhere must find this out by itself.',
      ],
    },
    {
      title: 'Two ways to the click',
      text: [
        'The paper states no causal graph; this drawing follows its Figure 2. It claims a separation: what scenarios share and what is a scenario’s own take different ways to the click.',
        'Fields that are *known* to belong to the scenario (its id, the place) stay apart and join late. The signals of our world are not known to; they come in with the shared fields. Two parts can still give them another weight in each scenario: the gate at the start, and the hypernetwork at the end. Press the arrow from “Side by side” to “Hypernetwork”.',
        'Three more arrows are switches: the gate, the late way of a scenario’s own fields, and the constraint that keeps a row’s representations in different scenarios apart.',
      ],
    },
    {
      title: 'One row through OptMSM',
      text: [
        'A small OptMSM was trained in this world, and one row of its test part went through. Every number in the picture is that row’s own. Watch where the scenario comes in: three times, and each time late or by scaling.',
      ],
    },
    {
      title: 'Who suffers without the hypernetwork?',
      text: [
        'Two small OptMSMs: one whose predictor is scaled by the hypernetwork, row by row and scenario by scenario, and one without. Same data, same [[seed]].',
        'Predict first: which scenario loses most [[noise-free AUC]] without it? Scenario A has 40 % of the traffic, D has 10 %.',
      ],
    },
    {
      title: 'What it does not do',
      text: [
        'Somebody must say which fields are a scenario’s own. A field that is flagged wrongly stays on the wrong way; one that nobody flagged is left to the gate and the hypernetwork.',
        'Right angles between representations say that they differ. They do not say that any of them is right.',
        'What became of the paper’s claims in this world stands in the list, for and against.',
      ],
    },
  ],
  graph: {
    names: {
      shared: 'Shared fields',
      specific: 'Own fields',
      gate: 'Gate',
      own: 'Row, here',
      others: 'Row, elsewhere',
      prior: 'Side by side',
      hyper: 'Hypernetwork',
      click: 'Click',
    },
    lead: 'prior-hyper',
    edges: {
      'specific-prior': {
        kept: 'Fields of the scenario itself stay apart from the shared ones and join late (Eq 4, 10).',
        cut: 'Without these priors all fields are mixed at the start, and are transferred between scenarios though some of them cannot be.',
      },
      'shared-gate': {
        kept: 'Each scenario weighs the shared fields by a gate of its own (Eq 5): one that is noise here can be turned down here.',
        cut: 'Without the gate all scenarios read the shared fields alike, noise and all; later layers have to sort it out.',
      },
      'others-own': {
        kept: 'One row is represented in every scenario, and a second loss pushes these representations apart (Eq 9).',
        cut: 'Without the constraint nothing keeps the representations of different scenarios from being the same.',
      },
      'prior-hyper': {
        kept: 'The hypernetwork reads both and scales every layer of the predictor, by factors between 0 and 2 (Eq 11, 12).',
        cut: 'Without it the predictor is the same for every row of a scenario.',
      },
    },
  },
  predict: {
    question: 'Which scenario loses most without the hypernetwork?',
    setup: { model: 'optmsm', preset: 'tiny', learningRate: '0.01' },
    by: { name: 'hypernetwork', first: true, second: false },
    names: ['with the hypernetwork', 'without it'],
    among: 'scenarios',
    atZero:
      'At dose 0 no signal counts in one scenario alone. Then there is nothing to read differently in each, and the hypernetwork should move nothing.',
  },
  claims: [
    'optmsm-gate-finds-fields',
    'optmsm-table-5-its-form-without-the-hypernetwork-smallest',
    'optmsm-table-5-its-form-without-the-hypernetwork-largest',
    'optmsm-table-5-its-form-without-scenario-priors-largest',
    'optmsm-table-5-its-form-without-the-orthogonal-constraint-largest',
    'optmsm-constraint-costs-most-hypernetwork',
    'optmsm-figure-4-above-mmoe',
    'optmsm-table-3-ali-ccp-mix-smallest',
  ],
  exercises: [
    {
      kind: 'choice',
      question:
        'Equation 9 adds up cosines between a row’s representations. At which angle between two of them is the sum least?',
      options: ['0°', '90°', '180°'],
      answer: 2,
      why: 'The cosine is least, −1, for opposite vectors, though the paper asks for right angles. Only where representations cannot be negative (behind a ReLU) is 90° the least possible.',
    },
    {
      kind: 'number',
      question: 'The hypernetwork scales a unit by 2σ(x). What is the scale where x = 0?',
      answer: 1,
      within: 0.005,
      why: 'σ(0) = 0.5, so the scale is 1: a hypernetwork that says nothing changes nothing. That is why the paper multiplies by 2.',
    },
    {
      kind: 'number',
      question:
        'Table 6 (AliExpress), without priors / without constraint / without hypernetwork: NL 0.7288, 0.7277, 0.7280; FR 0.7260, 0.7263, 0.7265; ES 0.7302, 0.7301, 0.7302; US 0.7112, 0.7108, 0.7107. In how many of the four countries does removing the constraint cost most?',
      answer: 2,
      within: 0,
      why: 'In NL and ES. In FR the priors cost most, in the US the hypernetwork. The paper’s text says that removing the constraint generally costs most.',
    },
  ],
};
