import type { Story } from '../story';

export const aread: Story = {
  id: 'aread',
  title: 'AREAD: dozens of domains, most of them small',
  summary:
    'With 48 scenarios a tower each starves and one for all is ruled by the large. Who should learn with whom?',
  paper: 'aread',
  world: 'dozens-48',
  pair: [1, 19],
  crowd: 'domains',
  screens: [
    {
      title: 'A small domain and its relative',
      text: [
        'The paper says [[domain]] for what we call a [[scenario]]. In this simulated [[world]] there are 48 of them. Twelve are large; the other 36 have less than 1 % of the traffic each.',
        'Look at one person in Domain 2, which is large, and in Domain 20, which is small. Both belong to one hidden group, and domains of a group are alike: what is liked in the one is mostly liked in the other.',
        'Then the crowd: the traffic of all 48, coloured by group. No model is told the groups. A small domain has too few rows to learn from alone, and learns the wrong thing from strangers.',
      ],
    },
    {
      title: 'Interest or crowd, and whose experts?',
      text: [
        'The paper’s own causal graph is small: a click comes from interest, or from conformity, that is from following the crowd. A click on something *unpopular* is therefore likely interest. The rest of this drawing shows where its modules act.',
        'Each domain searches a [[mask]]: which paths between [[expert]]s it uses. Press the arrow from “Mask” to “Experts”: without it every domain uses all experts.',
        'Two more parts are switches: the layers of experts from coarse to fine, and the extra rows for small domains, copied from clicks on unpopular items elsewhere.',
      ],
    },
    {
      title: 'One row through AREAD',
      text: [
        'A small AREAD was trained in this world until masks were found, and one row of its test part went through. Every number in the picture is that row’s own. The mask decides which [[gate]]s count.',
      ],
    },
    {
      title: 'Who suffers with a tower each?',
      text: [
        'Two small models: one with AREAD’s layers of shared experts, one with a [[tower]] for each of the 48 domains (MMoE, which AREAD is built on). Same data, same [[seed]]. This short run ends before any mask is searched, so it tells of the experts alone; the stored runs are longer and have masks too.',
        'Predict first: who loses more [[noise-free AUC]] with a tower each, the large domains or the small?',
      ],
    },
    {
      title: 'What it does not do',
      text: [
        'The extra rows rest on an assumption that the paper states: genuine interest is the same in every domain. In this world domains *shift* interest, on purpose. Copied clicks are then partly wrong.',
        'A mask is chosen by a few trial steps on few rows. Two searches of the same domain need not agree, and masks that overlap are no proof of related domains. The stored study compares them with the hidden groups.',
        'What became of the paper’s claims in this world stands in the list, for and against.',
      ],
    },
  ],
  graph: {
    names: {
      features: 'Person and item',
      domain: 'Domain',
      interest: 'Interest',
      conformity: 'Conformity',
      minor: 'Extra rows',
      mask: 'Mask',
      experts: 'Experts',
      click: 'Click',
    },
    lead: 'mask-experts',
    edges: {
      'mask-experts': {
        kept: 'The mask decides which experts a domain learns from (Eq 4). It is searched for each domain (Algorithm 1).',
        cut: 'Without masks every domain uses all experts, and only gates weigh them.',
      },
      'interest-minor': {
        kept: 'A click on an unpopular item is likely interest, and is copied to small domains for their mask search (Eq 5).',
        cut: 'Without the augmenter small domains search their masks on their own few rows.',
      },
      'features-experts': {
        kept: 'Few coarse experts at the bottom, more and finer ones above (Eq 3).',
        cut: 'Without these layers each domain has a gate and a tower of its own: MMoE.',
      },
    },
  },
  predict: {
    question: 'Who loses more with a tower each?',
    setup: { model: 'aread', preset: 'tiny', baseHidden: '32,16', warmup: '1000' },
    by: { name: 'hei', first: true, second: false },
    names: ['layers of shared experts', 'a tower each (MMoE)'],
    among: 'sizes',
    atZero:
      'At dose 0 groups mean nothing: every domain shifts interest on its own, and no relative helps a small one.',
  },
  claims: [
    'aread-hei-below-mmoe',
    'aread-masks-gain',
    'aread-above-mmoe-mean',
    'aread-table-2-amazon-mmoe-minor5',
    'aread-augmentation-minor',
    'aread-masks-tell-relatives',
    'aread-masks-find-tree',
    'aread-isolated-above-mean',
  ],
  exercises: [
    {
      kind: 'number',
      question:
        'Layers of 3, 6 and 12 experts, every expert joined to every one of the layer below. How many paths can a mask keep or cut?',
      answer: 90,
      within: 0,
      why: '3 · 6 + 6 · 12 = 90.',
    },
    {
      kind: 'number',
      question:
        'One domain’s mask keeps the paths 1, 2, 3 and 4, another’s 3, 4 and 5. What is their overlap ratio?',
      answer: 0.4,
      within: 0.005,
      why: 'Two paths in both, five in at least one: 2 / 5 = 0.4.',
    },
    {
      kind: 'choice',
      question:
        'Table 2, Amazon, DomainAUC: Isolated (a model for each domain alone) 0.7137, AREAD 0.7131, DCN 0.7114, MMoE 0.7113. Which is highest?',
      options: ['AREAD', 'Isolated', 'MMoE'],
      answer: 1,
      why: 'By this metric a model for each domain alone is ahead by 0.0006. AREAD leads in AUC over all rows and in the smallest domains.',
    },
  ],
};
