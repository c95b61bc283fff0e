import { testAgainstPyTorch } from '../../testing/pytorch';
import { leakyRelu, maskedLeakyRelu, sigmoid, softplus, tanh } from '.';

testAgainstPyTorch({
  relu: ({ x }) => leakyRelu(x!, 0),
  leakyRelu: ({ x }) => leakyRelu(x!, 0.2),
  maskedLeakyRelu: ({ x, mask }) => maskedLeakyRelu(x!, 0.2, mask!),
  sigmoid: ({ x }) => sigmoid(x!),
  tanh: ({ x }) => tanh(x!),
  softplus: ({ x }) => softplus(x!),
});
