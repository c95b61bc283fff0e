export type * from './types';
import './gradients';
export { openBackend, type BackendOptions } from './backend';
export { compileAhead } from './backends/webgpu/compileAhead';
export { lostDevice } from './backends/webgpu/deviceErrors';
export { addInto, copyInto } from './ops/copy';
export { createFollower, type Entry, type Follower } from './dataflow/follow';
export { createLossAccumulator, type LossAccumulator, type LossSums } from './lossAccumulator';
export { createMode, type StepMode } from './mode';
export * from './ops';
export { createAdam, type Adam, type AdamOptions, type AdamUpdate } from './optimiser';
export { hash3, normalArray, permutation, streamSeed, uniformArray, uniformAt } from './random';
export { selfTest, type SelfTestResult } from './selfTest';
export { memoryLimits, type MemoryLimits } from './memoryLimits';
export { oneHot, stackColumns, stackMatrices } from './ranks';
export { declareInput, type StepInputs } from './replay/inputs';
export { createReplay, type Replay, type ReplayableStep } from './replay/replay';
export { emptyPlan, planRows, type PlanArrays, type RowPlan } from './rowPlan';
export { countReplayedStep, runStep, type Step, type StepLosses } from './step';
export { submittedWork } from './submittedWork';
export { gatherTable } from './table';
export {
  memoryOf,
  peakBytes,
  timeKernels,
  traceKernels,
  type MemoryFacts,
  type TimedKernel,
  type TracedKernel,
} from './trace';
export {
  assign,
  assignParameter,
  assignState,
  createTable,
  createVariables,
  disposeVariables,
  readTensor,
  type Variable,
  type Variables,
} from './variables';
