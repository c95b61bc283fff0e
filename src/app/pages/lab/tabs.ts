/** The Inspect tabs: what each shows, and which models fill it. */
import { findModel, models } from '../../../models/registry';
import type { TabId } from '../../store/setup';

export interface Tab {
  readonly id: TabId;
  readonly label: string;
  /** What the tab shows, as the end of "Here stand …". */
  readonly shows: string;
  /** Ids of the models that have such pictures, the papers' first; a test holds the registry to it. */
  readonly models: readonly string[];
}

export const TABS: readonly Tab[] = [
  {
    id: 'gates',
    label: 'Gates',
    shows: 'how much each scenario uses each expert or field, with a slider over the run',
    models: ['sarnet', 'causalint', 'optmsm', 'aread', 'mmoe', 'ple'],
  },
  {
    id: 'masks',
    label: 'Masks',
    shows: 'which expert paths scenarios share, beside how related they truly are',
    models: ['aread'],
  },
  {
    id: 'counterfactual',
    label: 'Counterfactual',
    shows: 'what a row would have been worth elsewhere: AUC by M-scan’s c and α, CausalInt’s votes',
    models: ['causalint', 'mscan'],
  },
  {
    id: 'conflict',
    label: 'Conflict',
    shows: 'whether scenarios pull the shared representation apart',
    models: ['causalint'],
  },
  {
    id: 'fairness',
    label: 'Fairness',
    shows: 'coefficients of intervened and other items, and whether low ones tell them apart',
    models: ['sarnet'],
  },
  {
    id: 'attention',
    label: 'Attention',
    shows: 'which behaviours a prediction reads, by place and by the scenario they happened in',
    models: ['sarnet', 'mscan'],
  },
  {
    id: 'representation',
    label: 'Representation',
    shows: 'where rows of each scenario stand in a hidden layer',
    models: models.map(({ id }) => id),
  },
  {
    id: 'graph',
    label: 'Causal graph',
    shows: 'the paper’s graph, whose edges switch the modules that cut them',
    models: models.filter(({ graph }) => graph !== null).map(({ id }) => id),
  },
];

export const tabOf = (id: TabId): Tab => TABS.find((tab) => tab.id === id)!;

/** "AREAD", "CausalInt or M-scan", "A, B or C": who would fill a tab. */
export function fillers({ models: ids }: Tab): string {
  const titles = ids.map((id) => findModel(id).title);
  return titles.length < 2 ? titles.join('') : `${titles.slice(0, -1).join(', ')} or ${titles.at(-1)!}`;
}
