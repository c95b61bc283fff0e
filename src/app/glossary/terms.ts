/**
 * The words that pages, code and docs share. `docs/glossary.md` is made from this list (`npx vitest run tests/glossary.test.ts -u`),
 * and the test holds that every name of code exists.
 */
export interface Term {
  readonly term: string;
  /** One or two plain sentences. */
  readonly meaning: string;
  /** Where the code has it: a file and a name in it. */
  readonly code: { readonly file: string; readonly name: string };
}

export interface TermGroup {
  readonly title: string;
  readonly terms: readonly Term[];
}

const at = (file: string, name: string): Term['code'] => ({ file: `src/${file}`, name });

export const glossary: readonly TermGroup[] = [
  {
    title: 'Data',
    terms: [
      {
        term: 'scenario',
        meaning:
          'A place where items are recommended: a page, a country, a theme. Every row belongs to one, and a multi-scenario model serves all of them.',
        code: at('data/dataset.ts', 'Scenario'),
      },
      {
        term: 'domain',
        meaning:
          'The word that some papers use for a scenario. A metric called “domain” is the mean of the scenarios’ own metrics, weighted by their rows.',
        code: at('training/metrics/types.ts', 'domainAuc'),
      },
      {
        term: 'field',
        meaning:
          'One categorical column that a model reads. All fields share one embedding table, each from its own offset.',
        code: at('data/dataset.ts', 'Field'),
      },
      {
        term: 'history',
        meaning: 'What a user clicked before a row happened, oldest first. One entry of it is a behaviour.',
        code: at('data/dataset.ts', 'History'),
      },
      {
        term: 'split',
        meaning:
          'Whether a row trains the model, validates it (chooses the best step) or tests it (gives the reported metrics).',
        code: at('data/dataset.ts', 'SPLIT'),
      },
      {
        term: 'dialect',
        meaning:
          'How a text file is written: what separates its cells, whether they are quoted, its encoding.',
        code: at('data/import/options.ts', 'Dialect'),
      },
      {
        term: 'known schema',
        meaning:
          'The columns of a published file and the role of each. A file that has them needs no mapping by hand.',
        code: at('data/import/schemas.ts', 'KnownSchema'),
      },
      {
        term: 'twin',
        meaning:
          'A simulated dataset whose shares of traffic and click rates are those published of a real one.',
        code: at('data/simulate/spec.ts', 'Twin'),
      },
      {
        term: 'fidelity',
        meaning:
          'How near a twin comes to what is published: shares of traffic, click rates, and its ceiling above the best published AUC.',
        code: at('data/simulate/fidelity.ts', 'fidelityOf'),
      },
      {
        term: 'world',
        meaning:
          'The people, items and effects of a twin, made from its seed and knobs. Rows are drawn from it, and it can say what would have happened elsewhere.',
        code: at('data/simulate/world.ts', 'World'),
      },
      {
        term: 'knob',
        meaning:
          'One effect of a world with its strength, such as position bias. At 0 its edge is gone from the causal graph.',
        code: at('data/simulate/knobs.ts', 'KNOBS'),
      },
      {
        term: 'dose',
        meaning:
          'The value of the knob that holds a world’s cause. At 0 the cause is not there, and a module made for it has nothing to win.',
        code: at('data/simulate/spec.ts', 'doses'),
      },
      {
        term: 'truth',
        meaning:
          'What only the simulator knows of a row: its click probability, its match and whether it was promoted. No model sees it.',
        code: at('data/dataset.ts', 'Truth'),
      },
      {
        term: 'match',
        meaning:
          'How well a person and an item suit each other in a scenario, apart from how prominently the item was shown.',
        code: at('data/simulate/world.ts', 'matchOf'),
      },
      {
        term: 'relatedness',
        meaning:
          'How alike the interests of two scenarios truly are in a world: the cosine of their interest weights, 1 for the same.',
        code: at('data/simulate/interests.ts', 'relatednessOf'),
      },
      {
        term: 'intervention',
        meaning: 'A promotion that showed an item regardless of who would like it.',
        code: at('data/dataset.ts', 'intervened'),
      },
    ],
  },
  {
    title: 'Models',
    terms: [
      {
        term: 'expert',
        meaning:
          'A small network that several scenarios share. All experts of a layer are one stacked product.',
        code: at('models/layers/stackedMlp.ts', 'createStackedMlp'),
      },
      {
        term: 'gate',
        meaning:
          'Weights, one an expert, that say how much of each expert a row uses; they sum to 1. M-scan’s gate is another thing: one number a row that multiplies its match score.',
        code: at('models/layers/gate.ts', 'createScenarioGate'),
      },
      {
        term: 'mixture',
        meaning: 'The experts’ outputs added up, each times its gate.',
        code: at('engine/ops/mixExperts/index.ts', 'mixExperts'),
      },
      {
        term: 'tower',
        meaning:
          'The last layers of a network, one set for each scenario. A row goes through its own scenario’s.',
        code: at('models/layers/towerBank.ts', 'createTowerBank'),
      },
      {
        term: 'mask',
        meaning:
          'AREAD’s choice, for each scenario, of which paths between experts it may use (1) or not (0).',
        code: at('models/papers/aread/masks.ts', 'initialMask'),
      },
      {
        term: 'overlap ratio',
        meaning:
          'Paths that two scenarios’ masks both keep, divided by the paths that at least one of them keeps.',
        code: at('models/papers/aread/maskReading.ts', 'maskOverlap'),
      },
      {
        term: 'vote',
        meaning:
          'CausalInt’s prediction for a row by the expert of another scenario; the votes of all scenarios are mixed.',
        code: at('models/papers/causalint/probes.ts', 'votes'),
      },
      {
        term: 'counterfactual',
        meaning:
          'What would have happened to the same row in another scenario. The simulator knows it; models can only estimate it.',
        code: at('data/simulate/counterfactual.ts', 'counterfactualProbabilities'),
      },
      {
        term: 'c',
        meaning:
          'M-scan’s counterfactual reference: what the match score would be without interest. Scores are gate × (match − c), so c takes away the scenario’s direct effect on a click.',
        code: at('models/papers/mscan/debiasedScores.ts', 'debiasedScores'),
      },
      {
        term: 'α (alpha)',
        meaning: 'The weight of M-scan’s second loss, which trains its scenario branch on clicks alone.',
        code: at('models/papers/mscan/settings.ts', 'alpha'),
      },
      {
        term: 'fairness coefficient',
        meaning:
          'SAR-Net’s weight of a row: what its item is predicted to earn in the scenario over how often it was shown there. Below 1, the item was shown more than it earns.',
        code: at('training/procedures/sarnet/coefficients.ts', 'fairnessCoefficients'),
      },
      {
        term: 'representation',
        meaning: 'The hidden vectors of rows at one place of a model, drawn as points.',
        code: at('training/representation/sample.ts', 'RepresentationSample'),
      },
      {
        term: 'probe',
        meaning:
          'A named table of numbers that a model gives of its inside at each evaluation, with names for its axes. Pictures are drawn from probes.',
        code: at('training/events.ts', 'ProbeValue'),
      },
      {
        term: 'causal graph',
        meaning: 'A paper’s drawing of what causes what. In the lab its edges are switches.',
        code: at('models/definition.ts', 'CausalGraph'),
      },
      {
        term: 'switch',
        meaning: 'A setting that turns a part of a model off or replaces it, as the papers’ ablations do.',
        code: at('models/settings.ts', 'ablation'),
      },
      {
        term: 'variant',
        meaning: 'Settings under which a model is a row of a table in its paper, by the paper’s name.',
        code: at('models/definition.ts', 'variants'),
      },
      {
        term: 'preset',
        meaning:
          'A set of a model’s settings: the paper’s with the training that it prints, one small enough for a browser, a tiny one for tests, or the terms of a comparison, which are the same for all models.',
        code: at('models/definition.ts', 'presets'),
      },
    ],
  },
  {
    title: 'Runs',
    terms: [
      {
        term: 'set-up',
        meaning:
          'Everything that says how a run goes: model, settings, training, dataset, seed and backend. The address of the page holds it.',
        code: at('training/runRecord.ts', 'RunSetup'),
      },
      {
        term: 'seed',
        meaning:
          'The number from which all chance of a run follows: first weights, order of rows, dropout. Another seed is another run of the same model.',
        code: at('training/runRecord.ts', 'seed'),
      },
      {
        term: 'run',
        meaning: 'One training of one model from one set-up, from its first step to its test metrics.',
        code: at('training/run.ts', 'createRun'),
      },
      {
        term: 'procedure',
        meaning:
          'How a model is trained: shuffled batches, fine-tuning scenario by scenario, clusters of scenarios first, AREAD’s mask search, SAR-Net’s refreshed coefficients.',
        code: at('training/procedure.ts', 'Procedure'),
      },
      {
        term: 'pre-clustering',
        meaning:
          'Sorting scenarios into a few clusters by the losses of a small model that all train, before a model with a tower a scenario trains. It then has a tower a cluster, and is judged by scenario as always.',
        code: at('training/procedures/precluster/index.ts', 'clusterScenarios'),
      },
      {
        term: 'step',
        meaning: 'One batch: forward pass, losses, gradients and one update of the weights.',
        code: at('engine/step.ts', 'runStep'),
      },
      {
        term: 'evaluation',
        meaning:
          'Scoring all validation rows (at the end, test rows), with the metrics and probes that follow.',
        code: at('training/metrics/evaluate.ts', 'computeMetrics'),
      },
      {
        term: 'best step',
        meaning:
          'The evaluation with the best validation metric (the mean AUC over scenarios, smoothed over evaluations, where nothing else is chosen). Its weights are kept, and the test metrics are theirs.',
        code: at('training/runRecord.ts', 'bestStep'),
      },
      {
        term: 'run state',
        meaning:
          'All that the events of a run have said so far. Page, worker and command line show this one state.',
        code: at('training/reduceRun.ts', 'RunState'),
      },
      {
        term: 'run record',
        meaning: 'A run as it is kept and exported: set-up, metrics, probes, versions and timings.',
        code: at('training/runRecord.ts', 'RunRecord'),
      },
      {
        term: 'checkpoint',
        meaning: 'A run saved in the middle so that it can be resumed to the same numbers, bit for bit.',
        code: at('training/checkpoint/checkpoint.ts', 'Checkpoint'),
      },
      {
        term: 'backend',
        meaning: 'What computes: WebGPU, WebAssembly (WASM) or plain JavaScript (CPU).',
        code: at('engine/types.ts', 'BackendName'),
      },
      {
        term: 'operation',
        meaning:
          'A differentiable function of tensors, such as a stacked product, with faster forms for single backends.',
        code: at('engine/operation/defineOperation.ts', 'defineOperation'),
      },
    ],
  },
  {
    title: 'Figures and comparisons',
    terms: [
      {
        term: 'AUC',
        meaning:
          'The chance that a clicked row is scored above one that was not; ties count half. 0.5 is guessing.',
        code: at('training/metrics/auc.ts', 'auc'),
      },
      {
        term: 'noise-free AUC',
        meaning:
          'AUC against true click probabilities instead of drawn clicks: what the AUC would be on average if the clicks were drawn again and again.',
        code: at('training/metrics/auc.ts', 'noiseFreeAuc'),
      },
      {
        term: 'ceiling',
        meaning: 'The noise-free AUC of the truth itself. No model can be better on these rows.',
        code: at('training/metrics/types.ts', 'Ceilings'),
      },
      {
        term: 'way to the ceiling',
        meaning: 'How much of the distance from 0.5 to the ceiling a model covers, in percent.',
        code: at('studies/modelStudy/table.ts', 'wayToCeiling'),
      },
      {
        term: 'headroom',
        meaning: 'A twin’s ceiling minus the best AUC that was published on the dataset it stands for.',
        code: at('data/simulate/fidelity.ts', 'headroom'),
      },
      {
        term: 'negative transfer',
        meaning:
          'A scenario is ranked worse by a model that learnt from all scenarios than by one that learnt from it alone.',
        code: at('app/pages/learn/inside/ranking.ts', 'negativeTransfer'),
      },
      {
        term: 'interest AUC',
        meaning:
          'Noise-free AUC against interest instead of clicks: against the click probability that interest alone would give, without place, promotion and conformity.',
        code: at('training/metrics/types.ts', 'interestAuc'),
      },
      {
        term: 'log loss',
        meaning: 'Mean cross-entropy of predicted probabilities and clicks; lower is better.',
        code: at('training/metrics/loss.ts', 'logLoss'),
      },
      {
        term: 'calibration',
        meaning:
          'Mean prediction divided by click rate: 1 where a model neither promises too much nor too little.',
        code: at('training/metrics/loss.ts', 'calibration'),
      },
      {
        term: 'RelaImpr',
        meaning: 'How much of the way above 0.5 a model gains over another: (AUC − 0.5) / (base − 0.5) − 1.',
        code: at('training/metrics/relaImpr.ts', 'relaImpr'),
      },
      {
        term: 'picture',
        meaning:
          'A drawing of a run’s inside. It says which probes it needs, and stands in a tab wherever a run has them.',
        code: at('app/pictures/picture.ts', 'Picture'),
      },
      {
        term: 'figure',
        meaning:
          'The frame around every drawing: a title, how to read it, its equation, its numbers as a table, export.',
        code: at('app/figure/Figure.tsx', 'Figure'),
      },
      {
        term: 'ablation',
        meaning:
          'A model trained again with its switches turned off one at a time, beside what the paper prints.',
        code: at('studies/ablation/ablation.ts', 'Ablation'),
      },
      {
        term: 'study',
        meaning:
          'Runs of a model, its variants and other models over several seeds, and the tables made from them.',
        code: at('studies/modelStudy/plans.ts', 'StudyPlan'),
      },
      {
        term: 'paired test',
        meaning: 'Whether two models differ beyond chance: a t-test of their differences seed by seed.',
        code: at('studies/statistics/pairedTest.ts', 'pairedTest'),
      },
    ],
  },
];
