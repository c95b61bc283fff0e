import type { Story } from '../story';

export const scenarios: Story = {
  id: 'scenarios',
  title: 'What is a scenario, and why is one model for all of them hard?',
  summary: 'AUC, ceiling, noise-free AUC and negative transfer, by one person and two places.',
  paper: null,
  world: 'conflict-4',
  pair: [0, 1],
  crowd: 'tastes',
  screens: [
    {
      title: 'One person, two places',
      text: [
        'A [[scenario]] is a place where items are recommended: a page, a country, a theme. All data of this story is *simulated*: so we can look into a person’s head, which no real log allows.',
        'Each line of the picture is a category of items. The two marks say how well its items suit this person in the one scenario and in the other: their [[match]]. Below stands what they were shown, at which place of the page, and what they clicked.',
        'Press “Another person” a few times, then look at the crowd. A dot is a person and an item. If people wanted the same everywhere, all dots would lie on one line.',
      ],
    },
    {
      title: 'What decides a click',
      text: [
        'Arrows are causes. Person and item make a match; a match is clicked if its place on the page is noticed. This is the [[causal graph]] of the simulator: it is the truth here, because the data is made by it.',
        'Two arrows start at the scenario. One goes to the match: people want other things there. One goes to the click: its places are noticed more, or less. Press both to cut them.',
        'With both cut, one rule holds everywhere, and one model for all rows is enough. With both there, one rule is wrong somewhere: it follows the scenarios with most rows, and a scenario whose people want other things pays. What to do then is the question of all five papers.',
      ],
    },
    {
      title: 'How good is a ranking?',
      text: [
        'A small model gave each of these rows a score. Go through the steps: they build up the four words that every other story needs, [[AUC]], [[ceiling]], [[noise-free AUC]] and [[negative transfer]], in this order.',
      ],
    },
    {
      title: 'One tower for all, or one each?',
      text: [
        'Two small models that differ in one thing. The first has a [[tower]] for each scenario behind shared embeddings; the second sends all scenarios through one tower. Same data, same [[seed]].',
        'Predict first: which scenario suffers most when all share one tower?',
      ],
    },
    {
      title: 'What these numbers do not say',
      text: [
        'One AUC over all rows also compares a row of one scenario with a row of another. A model that only knows where people click more wins those pairs, though nobody ever chooses between them, and a scenario that it serves badly stays hidden. So look at AUC *by scenario*.',
        'AUC counts pairs. It says nothing about a single person, nor whether a probability is right: for that there is [[log loss]] and [[calibration]].',
        'A click is drawn by chance from its probability. So even the truth does not reach an AUC of 1. What it does reach is the [[ceiling]], and only a simulator knows it.',
        'One run is one [[seed]]. Two runs of the same model with other seeds differ as well, so a difference between two models means something only over several seeds.',
      ],
    },
  ],
  graph: {
    names: { slot: 'Place' },
    lead: 'scenario-match',
    edges: {
      'scenario-match': {
        kept: 'People want other things in another scenario. What is learnt in one misleads in the other.',
        cut: 'Cut: a person wants the same everywhere. What is learnt in one scenario holds in all.',
      },
      'scenario-click': {
        kept: 'Scenarios show their places more or less prominently. The same interest is clicked more often in one than in another.',
        cut: 'Cut: a place is noticed alike in every scenario.',
      },
    },
  },
  predict: {
    question: 'Which scenario suffers most when all share one tower?',
    setup: {
      model: 'optmsm',
      preset: 'tiny',
      op: 'none',
      priors: 'off',
      seGate: 'off',
      hypernetwork: 'off',
      lambdaOrth: '0',
      predictorHidden: '32,16',
      steps: '400',
      evaluateEvery: '100',
    },
    by: { name: 'predictor', first: 'own', second: 'shared' },
    names: ['a tower each', 'one tower for all'],
    among: 'scenarios',
    atZero:
      'At dose 0 people want the same everywhere. Then nothing is gained by a tower each, and small scenarios should profit from sharing.',
  },
  claims: [],
  exercises: [
    {
      kind: 'number',
      question:
        'Three clicked rows, two not clicked. Of the six pairs, a model scores the clicked row higher in four and ties in one. What is its AUC, to two decimals?',
      answer: 0.75,
      within: 0.005,
      why: 'Ties count half: (4 + 0.5) / 6 = 0.75.',
    },
    {
      kind: 'choice',
      question: 'A model’s AUC on drawn clicks is above the ceiling. What happened?',
      options: [
        'The model is better than the truth.',
        'The clicks that were drawn happened to suit it.',
        'The ceiling was computed wrongly.',
      ],
      answer: 1,
      why: 'The ceiling is the noise-free AUC of the truth. Drawn clicks go up and down around it by chance, most of all with few rows.',
    },
    {
      kind: 'choice',
      question:
        'Alone, a scenario’s model has a noise-free AUC of 0.71; trained with all others it has 0.69 there. What is that called?',
      options: ['Overfitting', 'Negative transfer', 'Calibration'],
      answer: 1,
      why: 'Learning together cost this scenario 0.02: the others’ rows misled the shared part.',
    },
  ],
};
