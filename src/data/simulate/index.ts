export { counterfactualProbabilities, interestProbabilities } from './counterfactual';
export { KNOBS, KNOB_NAMES } from './knobs';
export type { SimulationRequest } from './settings';
export { datasetId, simulate, type SimulationProgress } from './simulate';
export { SIZES, type SizeName } from './spec';
export { specificFieldsOf, type SpecificField } from './specificFields';
export { findTwin, SIMULATIONS, TWINS } from './twins';
export { WORLDS } from './worlds';
export { fidelityOf } from './fidelity';
