import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { stackedDense } from '.';

testAgainstPyTorch({
  stackedDense: ({ x, weight, bias }) => stackedDense(as3(x), as3(weight), as2(bias)),
});
