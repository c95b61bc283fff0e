/** Which study belongs to a model's page: its twin, what it is compared with, and how long it trains. */
import type { SettingValue } from '../../models/settings';

export interface StudyPlan {
  readonly model: string;
  readonly dataset: string;
  readonly against: readonly string[];
  /** Over the training defaults. */
  readonly training: Readonly<Record<string, SettingValue>>;
}

/**
 * Log loss chooses the best step: on some 500 validation clicks an AUC has a standard error of 0.01, so the best of a dozen
 * AUCs is mostly luck.
 */
const usual = { steps: 300, patience: 5, stopMetric: 'logLoss' } as const;

/** The papers' models learn more slowly; early stopping ends what is done before. */
const long = { ...usual, steps: 600 } as const;

export const plans: readonly StudyPlan[] = [
  {
    model: 'mmoe',
    dataset: 'aliccp-3',
    against: ['mix', 'shared-bottom', 'single', 'finetune', 'ple', 'star'],
    training: usual,
  },
  { model: 'causalint', dataset: 'aliccp-3', against: ['mix', 'mmoe'], training: long },
  { model: 'mscan', dataset: 'aliccp-3', against: ['mix', 'mmoe'], training: long },
  { model: 'optmsm', dataset: 'aliccp-3', against: ['mix', 'mmoe'], training: long },
  { model: 'aread', dataset: 'amazon-25', against: ['mix', 'mmoe'], training: long },
  { model: 'sarnet', dataset: 'travel-20', against: ['mix', 'mmoe'], training: usual },
];

/** The plan of a model; one that has none is studied alone, on the default twin. */
export function planOf(model: string): StudyPlan {
  return (
    plans.find((plan) => plan.model === model) ?? {
      model,
      dataset: 'aliccp-3',
      against: [],
      training: usual,
    }
  );
}
