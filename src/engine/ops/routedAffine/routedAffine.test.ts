import { as2 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { routedAffine } from '.';

testAgainstPyTorch({
  routedAffine: ({ x, scale, shift, route }) => routedAffine(as2(x), as2(scale), as2(shift), as2(route)),
});
