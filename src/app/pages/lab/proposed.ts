/** Data that a paper's model is at home in: the twin of the paper's dataset, and the world that holds the paper's cause. */
import { findTwin, WORLDS } from '../../../data/simulate';
import { findModel } from '../../../models/registry';
import { planOf } from '../../../studies/modelStudy/plans';

export interface ProposedDataset {
  readonly id: string;
  readonly title: string;
}

/** The cause world first; none for a model that is no paper's. */
export function proposedFor(model: string): readonly ProposedDataset[] {
  if (findModel(model).family !== 'paper') return [];
  const world = WORLDS.find(({ cause }) => cause?.paper === model);
  const twin = findTwin(planOf(model).dataset);
  return [...(world ? [world] : []), twin].map(({ id, title }) => ({ id, title }));
}
