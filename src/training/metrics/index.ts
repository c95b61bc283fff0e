export type * from './types';
export { auc, noiseFreeAuc, weightedAuc } from './auc';
export { byTrainingRows, groupMean, weightedMean } from './domain';
export { computeCeilings, computeMetrics } from './evaluate';
export type { EvaluatedRows, EvaluatedScores, MetricsOptions } from './evaluate';
export { calibration, LOG_LOSS_CLIP, logLoss } from './loss';
export { aucRatio, relaImpr } from './relaImpr';
