import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { multiDense, multiDenseStacked } from '.';

testAgainstPyTorch({
  multiDense: ({ x, weight, bias }) => multiDense(as2(x), as3(weight), as2(bias)),
  multiDenseStacked: ({ x, weight, bias }) => multiDenseStacked(as2(x), as3(weight), as2(bias)),
});
