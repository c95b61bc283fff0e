/** M-scan's figures by the counterfactual reference c (Eq 12), of rows scored once. */
import { debiasedScores, reachOf, SPAN } from '../../models/papers/mscan/debiasedScores';
import { aucFigure, type Figure, type JudgedRows } from './figures';

/** References that figures are taken at, in mean sizes of the match score. */
export const RELATIVE_REFERENCES = [-1.2, -0.6, -0.3, 0, 0.3, 0.6, 1.2] as const;
type Relative = (typeof RELATIVE_REFERENCES)[number];

/** `interestAucAtC0.6`: under c = 0.6 of the mean size of the match score. */
export type ReferenceFigureName = `${'interestAuc' | 'noiseFreeAuc'}AtC${Relative}`;

/** What M-scan keeps of rows `[n]`. */
interface ScoredByMatch {
  readonly match: Float32Array;
  readonly gate: Float32Array;
}

/**
 * AUC against interest and against clicks under each reference, the curve of the paper's Figure 5 and the one that no log shows.
 *
 * @param interest rows judged by the click probability that interest alone would give
 * @param clicks the same rows judged by their click probability
 */
export function referenceFigures(
  { match, gate }: ScoredByMatch,
  interest: JudgedRows,
  clicks: JudgedRows,
): Partial<Record<ReferenceFigureName, Figure>> {
  const size = reachOf(match) / SPAN;
  const figures: Partial<Record<ReferenceFigureName, Figure>> = {};
  for (const relative of RELATIVE_REFERENCES) {
    const score = debiasedScores(match, gate, relative * size);
    figures[`interestAucAtC${relative}`] = aucFigure(score, interest);
    figures[`noiseFreeAucAtC${relative}`] = aucFigure(score, clicks);
  }
  return figures;
}
