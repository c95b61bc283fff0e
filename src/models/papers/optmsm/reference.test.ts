import { describeReference } from '../../../../tests/support/reference';

const cases = [
  'fcn',
  'fcn-square',
  'fcn-relu',
  'cgc-relu',
  'own-hypernetworks',
  'moe',
  'cgc',
  'cgc-all-inputs',
  'history',
  'partitioned',
  'without-priors',
  'without-constraint',
  'without-hypernetwork',
  'hyper-stopped',
  'plain-star',
  'mix',
];
for (const name of cases) describeReference(`tests/reference/optmsm/fixtures/${name}.json`);
