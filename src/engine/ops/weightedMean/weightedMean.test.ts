import { as2 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { weightedMean } from '.';

testAgainstPyTorch({ weightedMean: ({ q, weight }) => weightedMean(as2(q), as2(weight)) });
