export { leakyRelu, leakyReluDerivative, maskedLeakyRelu, sigmoid, softplus, tanh } from './activations';
export { addOuterProduct } from './addOuterProduct';
export { additiveAttentionScores } from './additiveAttentionScores';
export { askedMixture } from './askedMixture';
export {
  batchMoments,
  batchNorm,
  domainMoments,
  normalise,
  NORM_EPSILON,
  type BatchNormalised,
  type Moments,
} from './batchNorm';
export { batchVecMat } from './batchVecMat';
export {
  bceLogitsGradient,
  bceLogitsRows,
  bceProbabilityRows,
  bceWithLogits,
  bceWithProbability,
  PROBABILITY_EPSILON,
} from './bce';
export { concatWithProduct } from './concatWithProduct';
export { crossEntropy } from './crossEntropy';
export { dense } from './dense';
export { dropout, dropoutMaskOf } from './dropout';
export { AVERAGE_EPSILON, ensembleBce } from './ensembleBce';
export { expertLogits } from './expertLogits';
export { fieldPairProducts } from './fieldPairProducts';
export { gatedProduct } from './gatedProduct';
export { gramSchmidt, gramSchmidtDistance, type OrthogonalRows } from './gramSchmidt';
export { gru } from './gru';
export { logOdds } from './logOdds';
export { batchMatMul, batchMatMulTransposed, matMul, matMulTransposed, transposedMatMul } from './matMul';
export { maskedNormalize } from './maskedNormalize';
export { maxLast } from './maxLast';
export { mixExperts, mixExpertsMultiGate, mixExpertsStacked } from './mixExperts';
export { mixtureOwnGradient, type MixtureOwnGradientInputs } from './mixtureOwnGradient';
export { multiDense, multiDenseStacked } from './multiDense';
export { normActivationBackward, type NormActivation } from './normActivationBackward';
export { normalizedSoftmaxError } from './normalizedSoftmaxError';
export { oneHotRows, ownAndDrawnRows } from './oneHotRows';
export { pairInnerProducts, squaredCosineSimilarity } from './pairInnerProducts';
export { prunedFactor, prunedShare } from './prunedUnits';
export { routedAffine } from './routedAffine';
export { routedDense, routedSharedDense } from './routedDense';
export { routeRows, sumByRoute } from './routeRows';
export { logSoftmaxLast, maskedSoftmax, softmaxLast } from './softmax';
export { split } from './split';
export { stackedDense } from './stackedDense';
export { stopGradient } from './stopGradient';
export { weightedMean } from './weightedMean';
