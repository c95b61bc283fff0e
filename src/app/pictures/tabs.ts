/** The tabs of pictures: what each is called and shows. A topic that is not described here gets a tab under its own name. */
import { findModel, models } from '../../models/registry';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** What the tab shows, as the end of "Here stand …". */
  readonly shows: string;
  /** Ids of the models that have such pictures, the papers' first; a test holds the registry to it. */
  readonly models: readonly string[];
}

const described: readonly Tab[] = [
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

/** Tabs that are described, in the order in which they stand: those that an address can name. */
export const tabIds: readonly string[] = described.map(({ id }) => id);

/** A tab by its id. One that nobody described is called by its topic. */
export function tabOf(id: string): Tab {
  return (
    described.find((tab) => tab.id === id) ?? {
      id,
      label: `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
      shows: `what the model says of ${id}`,
      models: [],
    }
  );
}

/** Described tabs in their order, then the others as they come. */
export function inOrder(ids: readonly string[]): readonly string[] {
  return [...tabIds.filter((id) => ids.includes(id)), ...ids.filter((id) => !tabIds.includes(id))];
}

/** "AREAD", "CausalInt or M-scan", "A, B or C": who would fill a tab. */
export function fillers({ models: ids }: Tab): string {
  const titles = ids.map((id) => findModel(id).title);
  return titles.length < 2 ? titles.join('') : `${titles.slice(0, -1).join(', ')} or ${titles.at(-1)!}`;
}
