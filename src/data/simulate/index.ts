export { counterfactualProbabilities } from './counterfactual';
export {
  KNOBS,
  KNOB_NAMES,
  knobOverridesSchema,
  knobsSchema,
  turnKnobs,
  type Knob,
  type KnobName,
  type Knobs,
} from './knobs';
export {
  GENERATOR_VERSION,
  requestSchema,
  settingsSchema,
  type SimulationRequest,
  type SimulationSettings,
} from './settings';
export {
  datasetId,
  simulate,
  simulateSteps,
  type SimulateOptions,
  type SimulationProgress,
} from './simulate';
export { SIZES, twinSchema, type SizeName, type Twin } from './spec';
export { findTwin, TWINS } from './twins';
export { CAUSAL_GRAPH, type GraphEdge, type GraphNode } from './graph';
export { calibrationOf, noiseFreeAuc, type Calibration } from './calibration';
