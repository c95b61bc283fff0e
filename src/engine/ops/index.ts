export {
  leakyReluDerivative,
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
export { dense, stackedDense, multiDense, multiDenseStacked } from './dense';
export { dropout } from './dropout';
export {
  bceLogitsRows,
  bceProbabilityRows,
  bceWithLogits,
  bceWithProbability,
  crossEntropy,
  PROBABILITY_EPSILON,
  weightedMean,
} from './losses';
export { gramSchmidt, gramSchmidtDistance, type OrthogonalRows } from './gramSchmidt';
export { batchMatMul, batchMatMulTransposed, matMul, matMulTransposed, transposedMatMul } from './matMul';
export { normActivationBackward, type NormActivation } from './backLayer';
export { pairInnerProducts, squaredCosineSimilarity } from './rowPairs';
export { mixtureOwnGradient, type MixtureOwnGradientInputs } from './ownMixture';
export { addOuterProduct } from './rankOne';
export { batchVecMat } from './rowMatrix';
export { bceLogitsGradient, normalizedSoftmaxError } from './slopes';
export { concatWithProduct } from './besideProduct';
export { routedAffine } from './routedAffine';
export { expertLogits } from './rowDots';
export { split } from './split';
export { mixExpertsMultiGate, mixExperts, mixExpertsStacked } from './mixture';
export { logSoftmaxLast, maskedSoftmax, softmaxLast } from './softmax';
export { routedDense } from './routed';
export { stopGradient } from './stopGradient';
export { gru } from './gru';
export { additiveAttentionScores } from './pairScores';
