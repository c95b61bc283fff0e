import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch, type OfInputs } from '../../testing/pytorch';
import { expertLogits } from '.';

const routed: OfInputs = ({ x, weight, bias, route }) => expertLogits(as3(x), weight!, bias!, as2(route));

testAgainstPyTorch({
  expertLogits: ({ x, weight, bias }) => expertLogits(as3(x), weight!, bias!, null),
  'expertLogits.routed': routed,
  'expertLogits.shares': routed,
});
