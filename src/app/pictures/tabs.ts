/** The tabs of pictures: what each is called and shows. A topic that is not described here gets a tab under its own name. */
import type { AnyModelDefinition } from '../../models/definition';
import { models } from '../../models/registry';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** What the tab shows, as the end of "Here stand …". */
  readonly shows: string;
}

const described: readonly Tab[] = [
  {
    id: 'gates',
    label: 'Gates',
    shows: 'how much each scenario uses each expert or field, with a slider over the run',
  },
  {
    id: 'masks',
    label: 'Masks',
    shows: 'which expert paths or neurons a scenario uses, and which of them scenarios share',
  },
  {
    id: 'clusters',
    label: 'Clusters',
    shows: 'which clusters each scenario’s rows are sorted into, how surely, and how alike the clusters are',
  },
  {
    id: 'adapters',
    label: 'Adapters',
    shows: 'what a hyper-network makes for each scenario’s rows, and how much it changes their layers',
  },
  {
    id: 'balances',
    label: 'Balances',
    shows: 'by how much shared, own and task experts are added up',
  },
  {
    id: 'counterfactual',
    label: 'Counterfactual',
    shows: 'what a row would have been worth elsewhere: AUC by M-scan’s c and α, CausalInt’s votes',
  },
  {
    id: 'conflict',
    label: 'Conflict',
    shows: 'whether scenarios pull the shared representation apart',
  },
  {
    id: 'fairness',
    label: 'Fairness',
    shows: 'coefficients of intervened and other items, and whether low ones tell them apart',
  },
  {
    id: 'interactions',
    label: 'Interactions',
    shows: 'which fields a model crosses with which, and how far each part of it moves the score',
  },
  {
    id: 'attention',
    label: 'Attention',
    shows: 'which behaviours or fields a prediction reads, by place and by the scenario they happened in',
  },
  {
    id: 'representation',
    label: 'Representation',
    shows: 'where rows of each scenario stand in a hidden layer',
  },
  {
    id: 'whatif',
    label: 'What if',
    shows: 'one row that you choose or change: what the model says of it in every scenario, and why',
  },
  {
    id: 'model',
    label: 'Model',
    shows: 'the model drawn from its own variables, with widths, parameters and mean gates',
  },
  {
    id: 'graph',
    label: 'Causal graph',
    shows: 'the paper’s graph, whose edges switch the modules that cut them',
  },
];

const topics = models.flatMap((model) => model.topics);

/** Tabs that an address can name, in the order in which they stand: those described, then those of models' other topics. */
export const tabIds: readonly string[] = [...new Set([...described.map(({ id }) => id), ...topics])];

/** A tab by its id. One that nobody described is called by its topic. */
export function tabOf(id: string): Tab {
  return (
    described.find((tab) => tab.id === id) ?? {
      id,
      label: `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
      shows: `what the model says of ${id}`,
    }
  );
}

/** Known tabs in their order, then the others as they come. */
export function inOrder(ids: readonly string[]): readonly string[] {
  return [...tabIds.filter((id) => ids.includes(id)), ...ids.filter((id) => !tabIds.includes(id))];
}

/** Tabs that every model fills. */
const OF_EVERY_MODEL: readonly string[] = ['whatif', 'model'];

/** Whether a model's runs fill a tab, all its switches being on. */
export function fills(model: AnyModelDefinition, tab: string): boolean {
  return (
    model.topics.includes(tab) || OF_EVERY_MODEL.includes(tab) || (tab === 'graph' && model.graph !== null)
  );
}

/** The models that fill a tab, the papers' first. */
export function fillers(tab: string): readonly AnyModelDefinition[] {
  const all = models.filter((model) => fills(model, tab));
  return [...all.filter(isOfPaper), ...all.filter((model) => !isOfPaper(model))];
}

const isOfPaper = ({ family }: AnyModelDefinition): boolean => family === 'paper';

/** "AREAD", "CausalInt or M-scan", "A, B or C". */
export function namesOf(choice: readonly AnyModelDefinition[]): string {
  const titles = choice.map(({ title }) => title);
  return titles.length < 2 ? titles.join('') : `${titles.slice(0, -1).join(', ')} or ${titles.at(-1) ?? ''}`;
}
