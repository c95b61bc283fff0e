import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch, type OfInputs } from '../../testing/pytorch';
import { routedDense } from '.';

const operation: OfInputs = ({ x, weight, bias, route }) =>
  routedDense(as2(x), as3(weight), as2(bias), as2(route));

testAgainstPyTorch({ routedDense: operation, 'routedDense.shares': operation });
