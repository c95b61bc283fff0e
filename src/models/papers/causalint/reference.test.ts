import { describeReference } from '../../../../tests/support/reference';

const cases = [
  'full',
  'plain',
  'unit-first-order',
  'con',
  'con-domain',
  'mul',
  'mul-experts',
  'shared-bottom',
  'bottom-orth',
  'trans-alone',
  'many-scenarios',
  'peers',
  'peers-mul',
  'or-squared',
  'or-reversed',
  'or-random',
];
for (const name of cases) describeReference(`tests/reference/causalint/fixtures/${name}.json`);
