import { testAgainstPyTorch } from '../../testing/pytorch';
import { logSoftmaxLast, maskedSoftmax, softmaxLast } from '.';

testAgainstPyTorch({
  softmaxLast: ({ x }) => softmaxLast(x!),
  logSoftmaxLast: ({ x }) => logSoftmaxLast(x!),
  maskedSoftmax: ({ x, mask }) => maskedSoftmax(x!, mask!),
});
