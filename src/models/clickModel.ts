/** What most models share: one click logit, its cross-entropy, its sigmoid. */
import { bceWithLogits, sigmoid } from '../engine';
import { createModel } from './createModel';
import type { AnyModel, Inputs, Losses, ModelBase, Pass, Scores } from './definition';

/** Mean cross-entropy of the click logit; the term is `click`. */
function clickLoss({ logit }: Pass, { label, weight }: Inputs): Losses {
  const click = bceWithLogits(logit, label, weight);
  return { total: click, terms: { click } };
}

/** The logit ranks, its sigmoid is the click probability. */
function clickScores({ logit }: Pass): Scores {
  return { score: logit, probability: sigmoid(logit) };
}

interface ClickModel<P extends Pass> extends ModelBase<P> {
  /** By default the cross-entropy of the logit. */
  losses?(pass: P, inputs: Inputs): Losses;
}

/** A model whose inference is the sigmoid of its logit. */
export function clickModel<P extends Pass>(model: ClickModel<P>): AnyModel {
  return createModel<P>({ losses: clickLoss, ...model, scores: clickScores });
}
