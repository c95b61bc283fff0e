/**
 * What was expected of each study before it was run: the numbered hypotheses of docs/evidence, those that compare two figures. The sentence
 * that was registered there decides what is tested: a difference in a direction, none, or one that is not below a bound.
 */
import type { Expected } from '../evidence/expected';
import type { Claim } from '.';

type Test = Omit<Claim['test'], 'direction'> & { readonly expected: Expected };

export interface Hypothesis {
  /** Its number on the page. */
  readonly number: number;
  readonly sentence: string;
  readonly test: Test;
  /** Doses at which it is tested. */
  readonly doses: readonly number[];
  /** The difference at each dose is compared with that at this one, seed by seed. */
  readonly beyond?: number;
  /** The difference is compared with that over these scenarios of the same world. */
  readonly beyondOf?: string;
}

/** A figure of one variant above that of another, in the mean over scenarios unless said otherwise. */
function above(variant: string, against: string, more: Partial<Test> = {}): Test {
  return { metric: 'noiseFreeAuc', of: 'mean', variant, against, expected: 'higher', ...more };
}

/** As high as another within the margin of its metric. */
function alike(variant: string, against: string, more: Partial<Test> = {}): Test {
  return above(variant, against, { ...more, expected: 'no difference' });
}

/** Above a number. */
function aboveValue(variant: string, metric: string, value: number, against: string): Test {
  return above(variant, against, { metric, value, of: 'overall' });
}

const sarnet: readonly Hypothesis[] = [
  {
    number: 1,
    sentence: 'Debiasing ranks organic rows better',
    test: above('sarnet', 'sarnet:base', { metric: 'organicAuc' }),
    doses: [0.4, 0.6],
  },
  {
    number: 1,
    sentence: 'and alike where nothing is forced',
    test: alike('sarnet', 'sarnet:base', { metric: 'organicAuc' }),
    doses: [0],
  },
  {
    number: 2,
    sentence: 'Debiasing ranks interest better',
    test: above('sarnet', 'sarnet:base', { metric: 'interestAuc' }),
    doses: [0.4, 0.6],
  },
  {
    number: 2,
    sentence: 'and alike where nothing is forced',
    test: alike('sarnet', 'sarnet:base', { metric: 'interestAuc' }),
    doses: [0],
  },
  {
    number: 3,
    sentence: 'The gain of 1 is larger than at 0.2',
    test: above('sarnet', 'sarnet:base', { metric: 'organicAuc' }),
    doses: [0.6],
    beyond: 0.2,
  },
  {
    number: 4,
    sentence: 'The gain of 1 is larger where items are promoted',
    test: above('sarnet', 'sarnet:base', { metric: 'organicAuc', of: 'a+c+e' }),
    doses: [0.6],
    beyondOf: 'b+d+f',
  },
  {
    number: 5,
    sentence: 'The loss alone ranks organic rows better',
    test: above('sarnet:bias-adapting-loss', 'sarnet:base', { metric: 'organicAuc' }),
    doses: [0.6],
  },
  {
    number: 5,
    sentence: 'The bias net alone brings nothing',
    test: alike('sarnet:bias-net', 'sarnet:base', { metric: 'organicAuc' }),
    doses: [0.6],
  },
  {
    number: 6,
    sentence: 'Coefficients tell forced rows',
    test: aboveValue('sarnet', 'recoveryAuc', 0.5, 'chance'),
    doses: [0.2, 0.4, 0.6],
  },
  {
    number: 7,
    sentence: 'Debiasing is above sub-sampling at 0.8',
    test: above('sarnet', 'sarnet:sub-sampling-0-8', { metric: 'organicAuc' }),
    doses: [0.6],
  },
  {
    number: 8,
    sentence: 'Attention brings nothing here',
    test: alike('sarnet', 'sarnet:no-attention'),
    doses: [0, 0.2, 0.4, 0.6],
  },
];

const causalint: readonly Hypothesis[] = [
  {
    number: 1,
    sentence: 'Single is below Shared Bottom without conflict',
    test: above('single', 'shared-bottom', { expected: 'lower' }),
    doses: [0],
  },
  {
    number: 1,
    sentence: 'Single is above Shared Bottom with conflict',
    test: above('single', 'shared-bottom'),
    doses: [0.75],
  },
  {
    number: 2,
    sentence: 'CausalInt is above Shared Bottom',
    test: above('causalint', 'shared-bottom'),
    doses: [0.5, 0.75],
  },
  { number: 3, sentence: 'CausalInt is above Single', test: above('causalint', 'single'), doses: [0, 0.25] },
  {
    number: 4,
    sentence: 'CausalInt less Shared Bottom is larger than at 0',
    test: above('causalint', 'shared-bottom'),
    doses: [0.75],
    beyond: 0,
  },
  {
    number: 5,
    sentence: 'Removing conflict pays',
    test: above('causalint:do-de-neg', 'causalint:do-invar'),
    doses: [0.75],
  },
  {
    number: 5,
    sentence: 'and makes no difference without conflict',
    test: alike('causalint:do-de-neg', 'causalint:do-invar'),
    doses: [0],
  },
  {
    number: 6,
    sentence: 'Transfer helps scenario D',
    test: above('causalint', 'causalint:do-de-neg', { of: 'd' }),
    doses: [0, 0.25],
  },
  {
    number: 7,
    sentence: 'Orthogonality separates',
    test: above('causalint:do-invar', 'causalint:without-orth'),
    doses: [0.75],
  },
  {
    number: 7,
    sentence: 'and makes no difference without conflict',
    test: alike('causalint:do-invar', 'causalint:without-orth'),
    doses: [0],
  },
  {
    number: 8,
    sentence: 'Gram–Schmidt helps',
    test: above('causalint:srm-or', 'causalint:do-invar'),
    doses: [0.75],
  },
  {
    number: 8,
    sentence: 'Meta-learning helps besides',
    test: above('causalint:do-de-neg', 'causalint:srm-or'),
    doses: [0.75],
  },
  {
    number: 9,
    sentence: 'Votes are nearer to the truth than each row’s own prediction',
    test: above('causalint', 'causalint', {
      metric: 'votesError',
      againstMetric: 'votesErrorOwn',
      of: 'overall',
      expected: 'lower',
    }),
    doses: [0, 0.25, 0.5, 0.75],
  },
];

const optmsm: readonly Hypothesis[] = [
  { number: 1, sentence: 'OptMSM is above Mix', test: above('optmsm', 'mix'), doses: [0.5, 0.75] },
  { number: 1, sentence: 'OptMSM is above MMoE', test: above('optmsm', 'mmoe'), doses: [0.5, 0.75] },
  { number: 1, sentence: 'and like Mix without specific fields', test: alike('optmsm', 'mix'), doses: [0] },
  { number: 1, sentence: 'and like MMoE without them', test: alike('optmsm', 'mmoe'), doses: [0] },
  {
    number: 2,
    sentence: 'OptMSM less Mix is larger than at 0',
    test: above('optmsm', 'mix'),
    doses: [0.75],
    beyond: 0,
  },
  { number: 3, sentence: 'Priors matter', test: above('optmsm', 'optmsm:without-priors'), doses: [0.75] },
  {
    number: 4,
    sentence: 'The hypernetwork matters',
    test: above('optmsm', 'optmsm:without-hypernetwork'),
    doses: [0.75],
  },
  {
    number: 4,
    sentence: 'and makes no difference without specific fields',
    test: alike('optmsm', 'optmsm:without-hypernetwork'),
    doses: [0],
  },
  {
    number: 5,
    sentence: 'Orthogonality matters',
    test: above('optmsm', 'optmsm:without-constraint'),
    doses: [0.75],
  },
  {
    number: 5,
    sentence: 'and makes no difference without specific fields',
    test: alike('optmsm', 'optmsm:without-constraint'),
    doses: [0],
  },
  {
    number: 6,
    sentence: 'OptMSM less Mix is larger in scenario D than in A',
    test: above('optmsm', 'mix', { of: 'd' }),
    doses: [0.75],
    beyondOf: 'a',
  },
  {
    number: 7,
    sentence: 'Gates tell the fields that matter',
    test: aboveValue('optmsm', 'gateRecovery', 0.5, 'chance'),
    doses: [0.75],
  },
];

const mscan: readonly Hypothesis[] = [
  {
    number: 1,
    sentence: 'Mix ranks interest worse than on one place',
    test: above('mix', 'mix:do-slot', { metric: 'interestAuc', expected: 'lower' }),
    doses: [0.25, 0.5, 0.75],
  },
  {
    number: 1,
    sentence: 'and alike where every place is noticed',
    test: alike('mix', 'mix:do-slot', { metric: 'interestAuc' }),
    doses: [0],
  },
  {
    number: 2,
    sentence: 'The eliminator ranks interest better',
    test: above('mscan', 'mscan:with-saca-without-sbe', { metric: 'interestAuc' }),
    doses: [0.5, 0.75],
  },
  {
    number: 2,
    sentence: 'and alike where every place is noticed',
    test: alike('mscan', 'mscan:with-saca-without-sbe', { metric: 'interestAuc' }),
    doses: [0],
  },
  {
    number: 3,
    sentence: 'The eliminator ranks clicks worse',
    test: above('mscan', 'mscan:with-saca-without-sbe', { expected: 'lower' }),
    doses: [0.75],
  },
  {
    number: 4,
    sentence: 'The c that the truth would choose is better by less than 0.002 than the one found',
    test: above('mscan', 'mscan', {
      metric: 'interestAucAtBestC',
      againstMetric: 'interestAuc',
      expected: 'barely higher',
    }),
    doses: [0.75],
  },
  {
    number: 5,
    sentence: 'M-scan is not below Mix on one place',
    test: above('mscan', 'mix:do-slot', { metric: 'interestAuc', expected: 'not lower' }),
    doses: [0.5, 0.75],
  },
  {
    number: 6,
    sentence: 'Co-attention helps',
    test: above('mscan', 'mscan:without-saca-with-sbe'),
    doses: [0, 0.25, 0.5, 0.75],
  },
  {
    number: 6,
    sentence: 'Co-attention helps as much as at 0',
    test: alike('mscan', 'mscan:without-saca-with-sbe'),
    doses: [0.75],
    beyond: 0,
  },
];

const aread: readonly Hypothesis[] = [
  {
    number: 1,
    sentence: 'Mix is above Single over minor domains',
    test: above('mix', 'single', { of: 'minor' }),
    doses: [0, 0.3, 0.6, 0.9],
  },
  {
    number: 1,
    sentence: 'MMoE is above Single over minor domains',
    test: above('mmoe', 'single', { of: 'minor' }),
    doses: [0, 0.3, 0.6, 0.9],
  },
  {
    number: 1,
    sentence: 'Mix less Single is larger than at 0',
    test: above('mix', 'single', { of: 'minor' }),
    doses: [0.9],
    beyond: 0,
  },
  {
    number: 1,
    sentence: 'MMoE less Single is larger than at 0',
    test: above('mmoe', 'single', { of: 'minor' }),
    doses: [0.9],
    beyond: 0,
  },
  {
    number: 2,
    sentence: 'AREAD is above MMoE over minor domains',
    test: above('aread', 'mmoe', { of: 'minor' }),
    doses: [0.6, 0.9],
  },
  {
    number: 2,
    sentence: 'and like MMoE where domains are unrelated',
    test: alike('aread', 'mmoe', { of: 'minor' }),
    doses: [0],
  },
  {
    number: 3,
    sentence: 'Masks help minor domains',
    test: above('aread:hemp', 'aread:hei', { of: 'minor' }),
    doses: [0.9],
  },
  {
    number: 3,
    sentence: 'and make no difference where domains are unrelated',
    test: alike('aread:hemp', 'aread:hei', { of: 'minor' }),
    doses: [0],
  },
  {
    number: 4,
    sentence: 'Overlap of masks follows relatedness',
    test: aboveValue('aread', 'overlapRelatedness', 0, 'chance'),
    doses: [0.9],
  },
  {
    number: 4,
    sentence: 'Overlap follows relatedness more than at 0',
    test: aboveValue('aread', 'overlapRelatedness', 0, 'chance'),
    doses: [0.9],
    beyond: 0,
  },
  {
    number: 4,
    sentence: 'Groups by overlap are those of the tree',
    test: aboveValue('aread', 'overlapTree', 0, 'chance'),
    doses: [0.9],
  },
  {
    number: 5,
    sentence: 'Augmentation helps minor domains',
    test: above('aread', 'aread:hemp', { of: 'minor' }),
    doses: [0.9],
  },
  {
    number: 6,
    sentence: 'AREAD is not below MMoE by more than 0.002 over the twelve major domains',
    test: above('aread', 'mmoe', { of: 'major', expected: 'not lower' }),
    doses: [0, 0.3, 0.6, 0.9],
  },
];

/** By paper, in the order of the page. */
export const HYPOTHESES: Readonly<Record<string, readonly Hypothesis[]>> = {
  sarnet,
  causalint,
  optmsm,
  mscan,
  aread,
};
