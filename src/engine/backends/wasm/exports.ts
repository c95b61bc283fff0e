/** Made by scripts/build-kernels.mjs from the .as files beside it: do not edit. */

/** An address in the backend's memory, in bytes. */
export type Pointer = number;

/** Exports of the compiled module; see the .as files for each one's meaning. */
// A line a function, of which there are many.
// prettier-ignore
export interface WasmExports {
  cut(x: Pointer, out: Pointer, d0: number, d1: number, d2: number, inner: number, s0: number, s1: number, s2: number): void;
  paste(x: Pointer, out: Pointer, d0: number, d1: number, d2: number, inner: number, s0: number, s1: number, s2: number): void;
  binary(op: number, a: Pointer, b: Pointer, out: Pointer, d0: number, d1: number, d2: number, d3: number, a0: number, a1: number, a2: number, a3: number, b0: number, b1: number, b2: number, b3: number): void;
  leaky(x: Pointer, y: Pointer, count: number, slope: number): void;
  leakyGradient(dy: Pointer, x: Pointer, dx: Pointer, count: number, slope: number): void;
  flush(x: Pointer, n: number, smallest: number): void;
  adam(w: Pointer, m: Pointer, v: Pointer, g: Pointer, n: number, beta1: number, beta2: number, stepSize: number, inverseRoot: number, epsilon: number, pull: number, centre: number): number;
  segmentSum(target: Pointer, gradient: Pointer, table: Pointer, rows: Pointer, order: Pointer, starts: Pointer, segments: number, dim: number, pull: number): void;
  dropoutMask(out: Pointer, count: number, threshold: number, scale: number, key: number, step: number): void;
  activate(x: Pointer, mask: Pointer, y: Pointer, count: number, slope: number): void;
  activateGradient(dy: Pointer, x: Pointer, mask: Pointer, dx: Pointer, count: number, slope: number): void;
  zero(out: Pointer, count: number): void;
  timesScaled(a: Pointer, b: Pointer, out: Pointer, count: number, scale: number): void;
  productTimes(a: Pointer, b: Pointer, out: Pointer, count: number, scale: number): void;
  scaleWhereOn(a: Pointer, s: Pointer, out: Pointer, count: number, scale: number, threshold: number): void;
  gemmScratch(): number;
  tileSixZero(a: Pointer, b: Pointer, kc: number, c: Pointer, row: Pointer): void;
  gemm(a: Pointer, b: Pointer, c: Pointer, bias: Pointer, m: number, n: number, k: number, lda: number, ldb: number, ldc: number, flags: number, scratch: Pointer): void;
  gemmSmall(a: Pointer, b: Pointer, c: Pointer, count: number, m: number, n: number, k: number, strideA: number, strideB: number, strideC: number, flags: number): void;
  sigmoidGradient(dy: Pointer, y: Pointer, out: Pointer, count: number): void;
  softmaxGradient(dy: Pointer, y: Pointer, out: Pointer, rows: number, n: number): void;
  fieldPairProducts(x: Pointer, out: Pointer, rows: number, fields: number, d: number): void;
  fieldPairProductsGradient(dy: Pointer, x: Pointer, dx: Pointer, rows: number, fields: number, d: number): void;
  normActivationBackward(delta: Pointer, u: Pointer, mask: Pointer, gamma: Pointer, variance: Pointer, out: Pointer, outer: number, rows: number, columns: number, slope: number, floor: number, made: Pointer): void;
  normActivationBackwardByGamma(dy: Pointer, delta: Pointer, u: Pointer, mask: Pointer, variance: Pointer, out: Pointer, outer: number, rows: number, columns: number, slope: number, floor: number): void;
  batchOuterProduct(v: Pointer, u: Pointer, out: Pointer, rows: number, k: number): void;
  batchVecMat(v: Pointer, t: Pointer, out: Pointer, rows: number, k: number): void;
  batchMatVec(v: Pointer, t: Pointer, out: Pointer, rows: number, k: number): void;
  pairScores(a: Pointer, p: Pointer, v: Pointer, out: Pointer, batch: number, left: number, right: number, hidden: number): void;
  pairGradient(dy: Pointer, own: Pointer, other: Pointer, v: Pointer, out: Pointer, batch: number, count: number, others: number, hidden: number, strideOwn: number, strideOther: number): void;
  pairWeightGradient(dy: Pointer, a: Pointer, p: Pointer, out: Pointer, batch: number, left: number, right: number, hidden: number): void;
  gruGates(x: Pointer, strideX: number, hu: Pointer, tape: Pointer, h: Pointer, rh: Pointer, rows: number, width: number): void;
  gruState(x: Pointer, strideX: number, ru: Pointer, tape: Pointer, h: Pointer, mask: Pointer, strideMask: number, rows: number, width: number): void;
  gruBackState(tape: Pointer, h: Pointer, mask: Pointer, strideMask: number, dh: Pointer, da: Pointer, strideA: number, rows: number, width: number): void;
  gruBackReset(tape: Pointer, h: Pointer, drh: Pointer, dh: Pointer, da: Pointer, strideA: number, rows: number, width: number): void;
  shareGradient(g: Pointer, own: Pointer, shared: Pointer, mode: number, dShared: Pointer, lines: number, output: number): void;
  combine(own: Pointer, shared: Pointer, mode: number, out: Pointer, count: number): void;
  routedSum(x: Pointer, order: Pointer, groups: Pointer, count: number, out: Pointer, width: number): void;
  routedAdam(x: Pointer, dy: Pointer, order: Pointer, groups: Pointer, count: number, total: number, most: number, ready: Pointer, own: Pointer, shared: Pointer, mode: number, dShared: Pointer, input: number, output: number, first: number, last: number, made: Pointer, m: Pointer, v: Pointer, beta1: number, beta2: number, stepSize: number, inverseRoot: number, epsilon: number, pull: number, centre: number): void;
  routedForward(x: Pointer, order: Pointer, groups: Pointer, count: number, weight: Pointer, shared: Pointer, mode: number, bias: Pointer, y: Pointer, input: number, output: number, made: Pointer): void;
  routedInput(dy: Pointer, order: Pointer, groups: Pointer, count: number, weight: Pointer, shared: Pointer, mode: number, dx: Pointer, input: number, output: number, made: Pointer): void;
  routedWeight(x: Pointer, dy: Pointer, order: Pointer, groups: Pointer, count: number, own: Pointer, shared: Pointer, mode: number, dOwn: Pointer, dShared: Pointer, input: number, output: number): void;
  sumRows(x: Pointer, out: Pointer, outer: number, rows: number, columns: number): void;
  sumColumns(x: Pointer, out: Pointer, rows: number, columns: number): void;
  moments(x: Pointer, weight: Pointer, mean: Pointer, variance: Pointer, outer: number, rows: number, columns: number): void;
  momentsGradient(x: Pointer, weight: Pointer, mean: Pointer, dMean: Pointer, dVariance: Pointer, dx: Pointer, outer: number, rows: number, columns: number): void;
  affine(x: Pointer, scale: Pointer, shift: Pointer, y: Pointer, outer: number, rows: number, columns: number): void;
  normaliseSums(dy: Pointer, x: Pointer, mean: Pointer, sum0: Pointer, sum1: Pointer, outer: number, rows: number, columns: number): void;
  mix(h: Pointer, weights: Pointer, out: Pointer, rows: number, count: number, columns: number, strideB: number, strideN: number, weightB: number, weightN: number): void;
  mixGradient(dy: Pointer, weights: Pointer, dh: Pointer, rows: number, count: number, columns: number, strideB: number, strideN: number, weightB: number, weightN: number): void;
  mixWeightGradient(dy: Pointer, h: Pointer, dWeights: Pointer, rows: number, count: number, columns: number, strideB: number, strideN: number, weightB: number, weightN: number): void;
  transposeBlocks(x: Pointer, out: Pointer, outer: number, rows: number, columns: number, inner: number): void;
  repeatBlocks(x: Pointer, out: Pointer, outer: number, repeats: number, inner: number): void;
  gatherRows(x: Pointer, ids: Pointer, out: Pointer, count: number, rows: number, inner: number): void;
  batchNormInput(dy: Pointer, x: Pointer, weight: Pointer, mean: Pointer, a: Pointer, s: Pointer, q: Pointer, dx: Pointer, outer: number, rows: number, columns: number): void;
  scatterRows(x: Pointer, ids: Pointer, scale: Pointer, out: Pointer, count: number, inner: number): void;
  scaleRows(x: Pointer, scale: Pointer, count: number, inner: number): void;
  crossEntropyRows(z: Pointer, hot: Pointer, out: Pointer, rows: number, n: number): void;
  crossEntropyGradientRows(dy: Pointer, z: Pointer, hot: Pointer, out: Pointer, rows: number, n: number): void;
  softmaxErrorRows(z: Pointer, hot: Pointer, out: Pointer, rows: number, n: number, floor: number): void;
  softmaxErrorGradientRows(dy: Pointer, z: Pointer, hot: Pointer, out: Pointer, rows: number, n: number, floor: number): void;
  adamTable(w: Pointer, m: Pointer, v: Pointer, marks: Pointer, total: number, dim: number, gradient: Pointer, rows: Pointer, order: Pointer, starts: Pointer, segments: number, pull: number, beta1: number, beta2: number, stepSize: number, inverseRoot: number, epsilon: number): void;
  markRows(moments: Pointer, marks: Pointer, total: number, dim: number): void;
  wideSixAdd(a: Pointer, b: Pointer, kc: number, c: Pointer, row: Pointer): void;
  wideSixFrom(a: Pointer, b: Pointer, kc: number, c: Pointer, row: Pointer, start: Pointer): void;
  wideFourAdd(a: Pointer, b: Pointer, kc: number, c: Pointer, row: Pointer): void;
  wideFourFrom(a: Pointer, b: Pointer, kc: number, c: Pointer, row: Pointer, start: Pointer): void;
}
