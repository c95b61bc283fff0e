import { testAgainstPyTorch } from '../../testing/pytorch';
import { logOdds } from '.';

testAgainstPyTorch({ logOdds: ({ p }) => logOdds(p!) });
