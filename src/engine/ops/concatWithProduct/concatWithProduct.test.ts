import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { concatWithProduct } from '.';

testAgainstPyTorch({ concatWithProduct: ({ x, y }) => concatWithProduct(as3(x), as2(y)) });
