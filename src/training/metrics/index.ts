export type * from './types';
export { auc, noiseFreeAuc } from './auc';
export { groupMean, weightedMean } from './scenarioMeans';
export { computeCeilings, computeMetrics } from './evaluate';
export type { EvaluatedRows } from './evaluate';
export { calibration, logLoss } from './loss';
export { aucRatio, relaImpr } from './relaImpr';
