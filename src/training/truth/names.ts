/** Figures that need the simulator's truth, by name; `truthFigures` says what each is. */
import type { ReferenceFigureName } from './byReference';
import type { Figure } from './figures';

type TruthFigureName =
  | 'interestAuc'
  | 'interestAucFixedSlot'
  | 'organicAuc'
  | 'severalScenariosAuc'
  | 'interestAucAtBestC'
  | 'counterfactualError'
  | 'votesError'
  | 'votesErrorOwn'
  | 'gateRecovery'
  | ReferenceFigureName;
export type TruthFigures = Readonly<Partial<Record<TruthFigureName, Figure>>>;
