export { counterfactualProbabilities } from './counterfactual';
export { KNOBS, KNOB_NAMES } from './knobs';
export type { SimulationRequest } from './settings';
export { datasetId, simulate, type SimulationProgress } from './simulate';
export { SIZES, type SizeName } from './spec';
export { findTwin, TWINS } from './twins';
export { fidelityOf } from './fidelity';
