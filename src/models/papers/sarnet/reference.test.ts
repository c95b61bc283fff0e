import { describeReference } from '../../../../tests/support/reference';

const cases = [
  'full',
  'mean-pool',
  'target',
  'scenario-odds',
  'concatenate-logit',
  'hierarchical-bucket',
  'renorm',
  'levels',
];
for (const name of cases) describeReference(`tests/reference/sarnet/fixtures/${name}.json`);
