/**
 * What the pictures of the documentation show. A scene trains once and gives several pictures; each picture says which tab,
 * what is pressed before it is taken and what must be there then. A picture of a tab is the tab's panel alone, as high as it
 * needs to be; one without a tab is the whole page.
 */

const browser = { backend: 'wasm', evaluateEvery: 20, stopMetric: 'logLoss', patience: 50 };

export const scenes = {
  lab: {
    query: { model: 'mmoe', steps: 160, evaluateEvery: 10, backend: 'wasm' },
    untilStep: 60,
    pictures: { lab: {} },
  },
  mmoe: {
    query: { model: 'mmoe', ...browser, steps: 200 },
    pictures: { 'mmoe-gates': { tab: 'gates' } },
  },
  sarnet: {
    query: { model: 'sarnet', dataset: 'travel-20', ...browser, steps: 300 },
    pictures: {
      'sarnet-gates': { tab: 'gates' },
      'sarnet-fairness': { tab: 'fairness' },
      'sarnet-attention': { tab: 'attention' },
      'sarnet-graph': { tab: 'graph' },
    },
  },
  causalint: {
    query: { model: 'causalint', ...browser, steps: 200 },
    pictures: {
      'causalint-votes': { tab: 'counterfactual', steps: [{ click: 'votes-truth' }, { see: 'votes-error' }] },
      'causalint-gates': { tab: 'gates' },
      'causalint-conflict': { tab: 'conflict' },
      'causalint-graph': { tab: 'graph' },
    },
  },
  optmsm: {
    query: { model: 'optmsm', ...browser, steps: 200 },
    pictures: {
      'optmsm-gates': { tab: 'gates' },
      'optmsm-graph': { tab: 'graph' },
      'optmsm-representation': { tab: 'representation', steps: [{ click: 'train-twin' }, { see: 'pane-1' }] },
    },
  },
  mscan: {
    query: { model: 'mscan', ...browser, steps: 300 },
    pictures: {
      'mscan-attention': { tab: 'attention' },
      'mscan-graph': { tab: 'graph' },
      'mscan-counterfactual': {
        tab: 'counterfactual',
        steps: [
          { click: 'score-rows' },
          { see: 'c-slider' },
          { click: 'alpha-sweep' },
          { gone: 'alpha-progress' },
          { click: 'score-grid' },
          { rows: ['figure-c-alpha-data', 5] },
        ],
      },
    },
  },
  aread: {
    query: { model: 'aread', dataset: 'amazon-25', ...browser, steps: 300 },
    pictures: {
      'aread-masks': { tab: 'masks' },
      'aread-gates': { tab: 'gates' },
      'aread-graph': { tab: 'graph' },
    },
  },
  compare: {
    query: { model: 'causalint', ...browser, batch: 512, steps: 120 },
    pictures: {
      compare: {
        height: 900,
        steps: [
          { page: 'Compare' },
          { choose: ['ablate-rows', 'Table 4'] },
          { click: 'ablate' },
          { settled: 'ablation' },
        ],
      },
    },
  },
  data: {
    query: { page: 'data', dataset: 'amazon-25' },
    idle: true,
    pictures: {
      data: { steps: [{ see: 'dataset-scenarios' }] },
      simulator: { steps: [{ click: 'open-simulator' }, { see: 'simulator' }] },
    },
  },
};
