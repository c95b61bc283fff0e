import { describeReference } from '../../../../tests/support/reference';

const cases = [
  'full',
  'without-eliminator',
  'without-co-attention',
  'own-history-only',
  'target-attention',
  'mean-attention',
  'attention-encoder-id-only',
];
for (const name of cases) describeReference(`tests/reference/mscan/fixtures/${name}.json`);
