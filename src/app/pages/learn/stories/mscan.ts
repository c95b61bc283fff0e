import type { Story } from '../story';

export const mscan: Story = {
  id: 'mscan',
  title: 'M-scan: was it liked, or only seen?',
  summary:
    'A click needs interest and a place that is noticed. Only the interest should decide what to show next.',
  paper: 'mscan',
  world: 'places-4',
  pair: [0, 1],
  crowd: 'places',
  screens: [
    {
      title: 'Seen first, clicked first',
      text: [
        'The same item at the top of one page and in a corner of another is not noticed alike. Who does not click in the corner may simply not have looked.',
        'Look at this person of a simulated [[world]]: beside each row stands how prominent its place is in that [[scenario]]. A full bar is always noticed, half a bar every second time.',
        'Then the crowd. Places were drawn by chance here, so no place had better items than another. Still the click rate follows the prominence, and does so differently in each scenario.',
      ],
    },
    {
      title: 'Two ways from the scenario to the click',
      text: [
        'This is the paper’s Figure 2. The scenario changes what people want (by way of the match), and it changes the click directly: that is where its places come in.',
        'M-scan models the direct arrow in a branch of its own, so that it can take it away when it ranks. Press it: without the branch, the match has to explain the place as well.',
        'The other ring is the co-attention: behaviours from everywhere, weighed by how well they fit those of the current scenario.',
      ],
    },
    {
      title: 'One row through M-scan',
      text: [
        'A small M-scan was trained in this world, and one row of its test part went through. Every number in the picture is that row’s own. The last step is the paper’s: take the scenario away, and see what is left.',
      ],
    },
    {
      title: 'Who suffers without the branch?',
      text: [
        'Two small M-scans: one with the branch for the scenario’s direct effect, one without. Same data, same [[seed]].',
        'Predict first: which scenario loses most [[noise-free AUC]] without it? This AUC counts clicks, and a click needs a prominent place: a model that takes the place away may lose AUC even where it finds interest better. Whether it does find it better, the [[interest AUC]] of the stored study says.',
      ],
    },
    {
      title: 'What it does not do',
      text: [
        'How much is taken away is one number, [[c]]. The paper judges it by AUC on logged clicks. But a click on a prominent place counts there like any other: nothing keeps that AUC from a c which *rewards* prominent places. Only a simulator can ask the [[interest AUC]] as well; the list has what both say of c.',
        'The model multiplies: ŷ = ŷₘ · σ(ŷₛ). Where the match score is negative, a more prominent place makes a click *less* likely, which is the wrong way round. Exercise 1 shows it.',
        'What became of the paper’s claims in this world stands in the list, for and against.',
      ],
    },
  ],
  graph: {
    names: {},
    lead: 'S-Y',
    edges: {
      'S-Y': {
        kept: 'A prominent place is clicked more often whatever is shown. M-scan models this in a branch of its own and takes it away at inference.',
        cut: 'Without the branch the arrow is still in the data, but nothing models it: the match has to explain the place too.',
      },
      'S-M': {
        kept: 'Interest differs by scenario: co-attention reads those behaviours that fit the current one (Eq 14–17).',
        cut: 'Without co-attention, behaviours of other scenarios are not read at all.',
      },
    },
  },
  predict: {
    question: 'Which scenario loses most without the branch?',
    setup: { model: 'mscan', preset: 'tiny', hidden: '32,16' },
    by: { name: 'sbe', first: true, second: false },
    names: ['with the branch', 'without the branch'],
    among: 'scenarios',
    atZero:
      'At dose 0 every place is noticed alike. Then there is no direct effect to take away, and the branch should move nothing.',
  },
  claims: [
    'mscan-table-2-ali-ccp-its-form-without-the-bias-eliminator-overall',
    'mscan-eliminator-interest',
    'mscan-eliminator-best-c',
    'mscan-above-fixed-place',
    'mscan-c-rises-noisefreeauc',
    'mscan-c-rises-interestauc',
    'mscan-table-2-ali-ccp-its-form-without-co-attention-overall',
    'mscan-table-1-ali-ccp-mix-overall',
  ],
  exercises: [
    {
      kind: 'choice',
      question:
        'Match score ŷₘ = −2. At a prominent place σ(ŷₛ) = 0.8, at a hidden one 0.4. By Eq 8, ŷ = ŷₘ · σ(ŷₛ). Where does the model expect more clicks?',
      options: ['At the prominent place', 'At the hidden place', 'Alike'],
      answer: 1,
      why: '−2 · 0.8 = −1.6 and −2 · 0.4 = −0.8: the hidden place has the higher logit. With a negative match score the product turns prominence round.',
    },
    {
      kind: 'number',
      question: 'A row has σ(ŷₛ) = 0.5 and ŷₘ = 1.2; c is 0.4. What is its score by Eq 12, σ(ŷₛ)(ŷₘ − c)?',
      answer: 0.4,
      within: 0.005,
      why: '0.5 · (1.2 − 0.4) = 0.4.',
    },
    {
      kind: 'choice',
      question:
        'Suppose the branch reads the scenario’s id alone. Can another c change the order of rows inside one scenario?',
      options: ['Yes', 'No'],
      answer: 1,
      why: 'Then σ(ŷₛ) is the same for all rows of the scenario, and σ(ŷₛ)(ŷₘ − c) orders them as ŷₘ does. c matters only where the branch reads more, such as the place.',
    },
  ],
};
