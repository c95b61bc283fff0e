import type { Story } from '../story';

export const sarnet: Story = {
  id: 'sarnet',
  title: 'SAR-Net: when somebody pushes an item',
  summary:
    'Promotions fill the log with clicks that say little of interest. A weight for each row is to undo it.',
  paper: 'sarnet',
  world: 'promotion-6',
  pair: [0, 1],
  crowd: 'promoted',
  screens: [
    {
      title: 'A click on something that was pushed',
      text: [
        'A travel platform recommends in many [[scenario]]s. In a festival week somebody there pushes some offers by hand: they are shown whoever the visitor is. That is an [[intervention]].',
        'Look at this person. Rows marked “pushed” were forced on them. Compare how well these suit them (the [[match]]) with the rest, and what was clicked. Scenario A has promotions, scenario B has none.',
        'Then the crowd. In this simulated [[world]] pushed rows suit people less, but being pushed earns clicks by itself. The model is not told which rows were pushed. It learns from the clicks all the same.',
      ],
    },
    {
      title: 'Where the push comes in',
      text: [
        'The paper prints no causal graph; this one is drawn after its text. Interest moves between scenarios, and an intervention reaches the click by two ways: it floods the log with some items, and it distorts what their clicks say.',
        'The paper’s answer is the [[fairness coefficient]]: the share of predicted clicks that an item earns in a scenario, over its share of what was shown there. Below 1, it was shown more than it earns.',
        'Press the arrow from Intervention to Item: the model then takes no account of it, and its loss weighs all rows alike. The other rings are the paper’s other parts.',
      ],
    },
    {
      title: 'One row through SAR-Net',
      text: [
        'A small SAR-Net was trained in this world, and one row of its test part went through. Every number in the picture is that row’s own. Go step by step; the equation lights up beside it.',
      ],
    },
    {
      title: 'Who suffers without the weight?',
      text: [
        'Two small SAR-Nets: one weighs each row of its loss by the fairness coefficient, one does not. Same data, same [[seed]]. Promotions run in scenarios A, C and E.',
        'Predict first: which scenario loses most [[noise-free AUC]] without the weight? The test days have no promotion. So the AUC asks how well a model that learnt from pushed rows ranks what people click by themselves, and the [[interest AUC]] of the stored study, which asks for interest alone, is the same.',
      ],
    },
    {
      title: 'What it does not do',
      text: [
        'The coefficient compares exposure with the model’s *own* predictions. The paper takes these as untouched by the push. A model that has learnt the push predicts more for pushed items, and its coefficient sees less of it.',
        'The paper measures AUC on clicks of its own log, of a month with a shopping festival in it. Only a simulator can say which rows were pushed, and how well interest alone is found.',
        'What became of the paper’s claims in this world stands in the list, for and against.',
      ],
    },
  ],
  graph: {
    names: {},
    lead: 'X-I',
    edges: {
      'X-I': {
        kept: 'Intervention floods the log with some items. The paper weighs each row’s loss by its fairness coefficient (Eq 11): rows of items that were shown more than they earn count less.',
        cut: 'Without the weight every row counts alike, however often its item was pushed.',
      },
      'X-Y': {
        kept: 'Intervention distorts what a click says. While training, each expert’s score is multiplied by a bias net that reads the coefficient; it is taken away at inference.',
        cut: 'Without bias nets the experts themselves have to explain clicks on pushed items.',
      },
      'S-M': {
        kept: 'What people did elsewhere counts as far as its scenario is like this one: a second attention reads the scenarios of behaviours (Eq 6).',
        cut: 'Only the items of behaviours are compared, as usual attention does.',
      },
      'S-Y': {
        kept: 'Each scenario scales and shifts the representation (Eq 8), so that the same features can weigh differently.',
        cut: 'All scenarios hand the same representation to the experts.',
      },
    },
  },
  predict: {
    question: 'Which scenario loses most without the fairness weight?',
    // By epochs the first coefficients would come after so short a run's end, and the weight would move nothing.
    setup: {
      model: 'sarnet',
      preset: 'tiny',
      expertHidden: '16',
      firstRefresh: '30',
      refreshEvery: '30',
    },
    by: { name: 'biasLoss', first: true, second: false },
    names: ['weighed by fairness', 'all rows alike'],
    among: 'scenarios',
    atZero: 'At dose 0 nothing is pushed. Then the weight has nothing to undo and should move nothing.',
  },
  claims: [
    'sarnet-coefficients-tell-promotion',
    'sarnet-bias-adapting-loss-helps',
    'sarnet-bias-net-helps',
    'sarnet-debiasing-organic',
    'sarnet-debiasing-interest',
    'sarnet-table-4-its-form-without-attention-overall',
    'sarnet-table-6-its-form-without-the-transform-layer-overall',
    'sarnet-table-3-ple-overall',
  ],
  exercises: [
    {
      kind: 'number',
      question:
        'An item earns 2 % of a scenario’s predicted clicks and has 5 % of its exposures. What is its fairness coefficient?',
      answer: 0.4,
      within: 0.005,
      why: '0.02 / 0.05 = 0.4: its rows count less than half as much as others.',
    },
    {
      kind: 'choice',
      question:
        'Table 5 prints, for sub-sampling pushed items to 0.9, 0.8, 0.7 and 0.6: AUC 0.6915, 0.6921, 0.6909 and 0.6899; without any of it 0.6911. Which ratio is best in the table?',
      options: ['0.9', '0.8', '0.7', '0.6'],
      answer: 1,
      why: 'The table says 0.8. The text of the paper says 0.7, which in its own table lies below the base model.',
    },
    {
      kind: 'number',
      question:
        'Table 5: 0.6911 without both parts, 0.6997 with both. What is the RelaImpr in percent, with 0.5 taken off both?',
      answer: 4.5,
      within: 0.05,
      unit: '%',
      why: '0.1997 / 0.1911 − 1 = 4.5 %, as the paper prints. Without taking 0.5 off it would be 1.2 %.',
    },
  ],
};
