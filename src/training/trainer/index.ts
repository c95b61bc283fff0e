/** The trainer: one model, one dataset, one optimiser, one random stream. */
export type * from './contract';
export { createTrainer } from './createTrainer';
export { prepareEvaluation } from './evaluatedRows';
export type { OwnedTrainer, TrainerPosition } from './createTrainer';
