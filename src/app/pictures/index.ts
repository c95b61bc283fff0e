/** Every picture of a run's inside, one line each, in the order in which they stand in their tabs. */
import { causalGraph } from './causalGraph/CausalGraphFigure';
import { scenarioClusters } from './clusters/ClustersFigure';
import { conflict } from './conflict/ConflictFigures';
import { alphaSweep } from './counterfactual/AlphaSweepFigure';
import { cSweep } from './counterfactual/CSweepFigure';
import { votes } from './counterfactual/VotesFigure';
import { fairness } from './fairness/FairnessFigures';
import { masks } from './masks/MaskFigures';
import type { Picture } from './picture';
import { projection } from './conflict/ProjectionFigure';
import { representation } from './representation/RepresentationFigures';
import { modelDrawing } from './model/ModelFigure';
import { whatIf } from './whatIf/WhatIfFigure';

export const pictures: readonly Picture[] = [
  masks,
  scenarioClusters,
  votes,
  cSweep,
  alphaSweep,
  conflict,
  projection,
  fairness,
  representation,
  whatIf,
  modelDrawing,
  causalGraph,
];
