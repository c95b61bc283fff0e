/** The two controls against their PyTorch references. */
import { describeReference } from '../../../tests/support/reference';

for (const name of ['default', 'ids', 'no-scenario', 'own'])
  describeReference(`tests/reference/lr/fixtures/${name}.json`);
for (const name of ['default', 'no-scenario', 'history', 'own'])
  describeReference(`tests/reference/fm/fixtures/${name}.json`);
