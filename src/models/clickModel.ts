/** What most models share: one click logit, its cross-entropy, its sigmoid. */
import * as tf from '@tensorflow/tfjs-core';
import { bceLogitsRows, bceWithLogits, matMul, sigmoid } from '../engine';
import { createModel } from './createModel';
import type { AnyModel, Inputs, Losses, ModelBase, Pass, Scores } from './definition';

/** Mean cross-entropy of the click logit; the term is `click`. */
function clickLoss({ logit }: Pass, { label, weight }: Inputs): Losses {
  const click = bceWithLogits(logit, label, weight);
  return { total: click, terms: { click } };
}

/**
 * For one network a scenario: the sum over scenarios of the mean loss of their own rows, so that each learns as it would alone;
 * scenarios without rows add nothing. The term `click` is the mean over all rows.
 */
export function sumOfOwnMeans({ logit }: Pass, { label, weight, scenarioOneHot }: Inputs): Losses {
  const rows = tf.mul<tf.Tensor2D>(scenarioOneHot, weight);
  const sums = matMul(tf.transpose(rows), bceLogitsRows(logit, label));
  const counts = tf.reshape(tf.maximum(tf.sum(rows, 0), 1), [-1, 1]);
  return {
    total: tf.sum<tf.Scalar>(tf.div(sums, counts)),
    terms: { click: bceWithLogits(logit, label, weight) },
  };
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
