import { describeReference } from '../../../tests/support/reference';

const cases = [
  'mix-shared',
  'mix-domain',
  'mix-off',
  'mix-dropout',
  'mix-history',
  'shared-bottom',
  'shared-bottom-embedding',
  'mmoe-shared',
  'mmoe-off',
  'ple-1',
  'ple-2',
  'ple-2-many',
  'ple-3-many',
  'star',
  'star-topology',
  'star-shared-norm',
  'single-own',
  'single-shared',
  'single-off',
  'finetune',
  'finetune-off',
];
for (const name of cases) describeReference(`tests/reference/baselines/fixtures/${name}.json`);
