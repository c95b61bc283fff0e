/** Against the independent PyTorch form (tests/reference/aread/reference.py). */
import { describeReference } from '../../../../tests/support/reference';

for (const name of [
  'masked',
  'warm-up',
  'hei-without-masks',
  'bagging-mean',
  'gate-domain',
  'gate-domain-warm-up',
  'official-head',
  'four-layers-history',
])
  describeReference(`tests/reference/aread/fixtures/${name}.json`);
