export { deLongTest, midRanks } from './deLong';
export type { DeLongTest } from './deLong';
export { normalTwoSided, studentQuantile, studentTwoSided } from './distributions';
export { smooth } from './smoothing';
export { pairedDifference, pairedTest } from './pairedTest';
export { completeSpread, spread } from './spread';
export type { Spread } from './spread';
