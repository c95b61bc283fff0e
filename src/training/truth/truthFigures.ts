/** Figures of a study that need the simulator's truth, from the model of a finished run. They judge; they choose nothing. */
import { counterfactualProbabilities, interestProbabilities, specificFieldsOf } from '../../data/simulate';
import { debiasedScores, referenceGrid } from '../../models/papers/mscan/debiasedScores';
import { evaluationSample } from '../sampling';
import { referenceFigures } from './byReference';
import { fixField } from './fixedField';
import { aucFigure, type Figure, type JudgedRows } from './figures';
import { gateRecovery } from './gateRecovery';
import { counterfactualError } from './otherScenarios';
import { bySeveralScenarios } from './severalScenarios';
import { votesError } from './votes';
import type { SplitName } from '../../data/dataset';
import type { Predictions, Trainer } from '../trainer/contract';
import type { TruthFigures } from './names';

/** The place that every row is scored on where the place is held fixed: the first. */
const FIXED_SLOT = 1;

type FinishedTrainer = Pick<Trainer, 'model' | 'dataset' | 'layout' | 'predict' | 'readBatch'>;

/** Rows of a split with a truth of theirs `[rows of the dataset]` or of the sample `[n]`. */
function judged(
  { dataset }: FinishedTrainer,
  split: SplitName,
): { rows: Int32Array; of: (share: ArrayLike<number>) => JudgedRows } {
  const { rows, weight } = evaluationSample(dataset, split, Infinity);
  const scenario = Int16Array.from(rows, (row) => dataset.scenario[row]!);
  return { rows, of: (share) => ({ scenarios: dataset.scenarios.length, scenario, weight, share }) };
}

/** Scores with every row on the same place, do(slot); null where the data has no places or the model reads none. */
async function scoresOnOneSlot(trainer: FinishedTrainer, rows: Int32Array): Promise<Float32Array | null> {
  const { dataset, layout } = trainer;
  const slot = dataset.fields.findIndex((field) => field.name === 'slot');
  if (slot < 0 || !layout.fields.includes(slot)) return null;
  const read = (some: Int32Array) => {
    const batch = trainer.readBatch(some);
    fixField(batch, dataset.fields, slot, FIXED_SLOT);
    return batch;
  };
  const { score } = await trainer.predict(rows, read);
  return score;
}

/** M-scan's score under the reference c that the truth itself would choose on validation rows: the most that c could bring. */
async function scoresAtBestC(trainer: FinishedTrainer, test: Predictions): Promise<Float64Array | null> {
  const { matchScore, scenarioGate } = test.columns;
  if (!matchScore || !scenarioGate) return null;
  const { rows, of } = judged(trainer, 'validation');
  const interest = interestProbabilities(trainer.dataset, rows);
  if (!interest) return null;
  const { matchScore: match, scenarioGate: gate } = (await trainer.predict(rows)).columns;
  if (!match || !gate) return null;
  let best = { c: 0, mean: -Infinity };
  for (const c of referenceGrid(match)) {
    const { mean } = aucFigure(debiasedScores(match, gate, c), of(interest));
    if (mean !== null && mean > best.mean) best = { c, mean };
  }
  return debiasedScores(matchScore, scenarioGate, best.c);
}

/** Error of CausalInt's votes, and of the answer that needs no votes: the row's own prediction in every scenario. Null where the model has none. */
function errorsOfVotes(
  { dataset }: FinishedTrainer,
  test: Predictions,
  rows: JudgedRows,
  of: Int32Array,
): { readonly votesError: Figure; readonly votesErrorOwn: Figure } | null {
  const { vote } = test.columns;
  if (!vote) return null;
  const truth = counterfactualProbabilities(dataset, of);
  const n = rows.scenarios;
  const own = Float32Array.from({ length: of.length * n }, (_, k) => test.probability[Math.floor(k / n)]!);
  return { votesError: votesError(vote, truth, rows), votesErrorOwn: votesError(own, truth, rows) };
}

/** How OptMSM's gate finds the fields of one scenario; null without such fields or such a gate. */
function recoveryOfGate(
  { model, dataset }: FinishedTrainer,
  test: Predictions,
  rows: JudgedRows,
): Figure | null {
  const weights = test.columns.fieldGate;
  const fields = model.probes.find(({ name }) => name === 'seGate')?.axes[1]?.labels;
  const specific = specificFieldsOf(dataset);
  return weights && fields && specific.length > 0 ? gateRecovery({ weights, fields }, specific, rows) : null;
}

/**
 * Test figures of a run at its end, when its weights are the best ones:
 *
 * - `interestAuc`: against the click probability by interest alone (no place, no promotion, no conformity)
 * - `interestAucFixedSlot`: the same with every row scored on the first place, do(slot): what holding the place fixed does without any method
 * - `organicAuc`: noise-free AUC over rows that were no forced promotion
 * - `severalScenariosAuc`: noise-free AUC over rows by people whose training rows lie in two scenarios or more
 * - `interestAucAtBestC`: of M-scan, the interest AUC under the c that the truth would choose on validation rows; a bound, not a result
 * - `interestAucAtC…`, `noiseFreeAucAtC…`: of M-scan, both AUCs under fixed c, in mean sizes of the match score
 * - `counterfactualError`: mean absolute error of click rates in the scenarios that a row did not happen in, do(scenario), of at most 24,000 pairs
 * - `votesError`: of CausalInt, mean absolute error of its votes as click rates in the other scenarios
 * - `votesErrorOwn`: the same of each row's own prediction taken for every scenario
 * - `gateRecovery`: of OptMSM, AUC with which its gate finds the fields that count in one scenario only
 *
 * Figures that the data or the model have no part in are left out; without a known truth all are.
 */
export async function truthFigures(trainer: FinishedTrainer): Promise<TruthFigures> {
  const { dataset } = trainer;
  const { truth } = dataset;
  const { rows, of } = judged(trainer, 'test');
  if (!truth || rows.length === 0) return {};
  const test = await trainer.predict(rows);
  const probability = Float32Array.from(rows, (row) => truth.probability[row]!);
  const organic = Uint8Array.from(rows, (row) => 1 - truth.intervened[row]!);
  const organicAuc = aucFigure(test.score, of(probability), organic);
  const several = bySeveralScenarios(dataset, rows);
  const interest = interestProbabilities(dataset, rows);
  if (!interest) return { organicAuc };
  const votes = errorsOfVotes(trainer, test, of(probability), rows);
  const recovery = recoveryOfGate(trainer, test, of(probability));
  const { matchScore: match, scenarioGate: gate } = test.columns;
  const onOneSlot = await scoresOnOneSlot(trainer, rows);
  const atBestC = await scoresAtBestC(trainer, test);
  return {
    interestAuc: aucFigure(test.score, of(interest)),
    ...(onOneSlot && { interestAucFixedSlot: aucFigure(onOneSlot, of(interest)) }),
    organicAuc,
    ...(several && { severalScenariosAuc: aucFigure(test.score, of(probability), several) }),
    ...(atBestC && { interestAucAtBestC: aucFigure(atBestC, of(interest)) }),
    ...(match && gate && referenceFigures({ match, gate }, of(interest), of(probability))),
    ...votes,
    ...(recovery && { gateRecovery: recovery }),
    ...(dataset.scenarios.length > 1 && {
      counterfactualError: await counterfactualError(trainer, of(probability), rows),
    }),
  };
}
