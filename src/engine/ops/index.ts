export {
  activationFactor,
  leakyRelu,
  logOdds,
  maskedLeakyRelu,
  sigmoid,
  softplus,
  tanh,
} from './activations';
export {
  batchMoments,
  batchNorm,
  domainMoments,
  normalise,
  NORM_EPSILON,
  type BatchNormalised,
  type Moments,
} from './batchNorm';
export { dense, stackedDense, wide, wideStack } from './dense';
export { dropout } from './dropout';
export {
  bceLogitsRows,
  bceProbabilityRows,
  bceWithLogits,
  bceWithProbability,
  crossEntropy,
  PROBABILITY_EPSILON,
  rowMean,
} from './losses';
export { gramSchmidt, gramSchmidtDistance, type OrthogonalRows } from './gramSchmidt';
export { batchMatMul, batchMatMulTransposed, matMul, matMulTransposed, transposedMatMul } from './matMul';
export { backThroughLayer, type BackLayer } from './backLayer';
export { pairProducts, squaredCosines } from './rowPairs';
export { mixOwnTrained, type OwnMixture } from './ownMixture';
export { rankOneStep } from './rankOne';
export { rowMatMul } from './rowMatrix';
export { bceSlopeRows, missDirections } from './slopes';
export { besideProduct } from './besideProduct';
export { routedAffine } from './routedAffine';
export { rowDots } from './rowDots';
export { split } from './split';
export { mixEach, select, selectStack } from './mixture';
export { logSoftmaxLast, maskedSoftmax, softmaxLast } from './softmax';
export { routedDense } from './routed';
export { stopGradient } from './stopGradient';
export { gru } from './gru';
export { pairScores } from './pairScores';
