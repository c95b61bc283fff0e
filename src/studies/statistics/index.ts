export { deLongTest, midRanks } from './deLong';
export type { DeLongTest } from './deLong';
export { normalTwoSided, studentQuantile, studentTwoSided } from './distributions';
export { smooth } from './smoothing';
export { completeSpread, pairedDifference, pairedTest, spread } from './summary';
export type { Spread } from './summary';
