import { importRoles, type ColumnMapping, type ImportRole, type Mapping } from './mapping';

/** One choice of a form: what is stored, what a person reads, and what it does in one sentence. */
export interface Choice<Value> {
  readonly value: Value;
  readonly title: string;
  readonly sentence: string;
}

export interface RoleChoice extends Choice<ImportRole> {
  /** At most one column can have it. */
  readonly single: boolean;
}

const roles: Readonly<Record<ImportRole, Omit<RoleChoice, 'value'>>> = {
  user: {
    title: 'User',
    single: false,
    sentence: 'Says who the user is: an id or an attribute; each value gets an embedding.',
  },
  item: {
    title: 'Item',
    single: false,
    sentence: 'Says what is shown: an id or an attribute; each value gets an embedding.',
  },
  context: {
    title: 'Context',
    single: false,
    sentence: 'Says when, where or how it is shown; each value gets an embedding.',
  },
  numeric: {
    title: 'Number',
    single: false,
    sentence: 'An amount: cut into buckets that hold about equally many training rows.',
  },
  sequence: {
    title: 'List',
    single: false,
    sentence: 'A list in each row: the behaviours of the user, or something whose length counts.',
  },
  scenario: {
    title: 'Scenario',
    single: true,
    sentence: 'Where the row happened: what models share between and tell apart.',
  },
  label: { title: 'Label', single: true, sentence: 'What is predicted: clicked, bought, rated well.' },
  time: { title: 'Time', single: true, sentence: 'When the row happened: the latest rows become the test.' },
  split: {
    title: 'Split',
    single: true,
    sentence: 'Which rows are for training, validation and test, where the file says so.',
  },
  weight: {
    title: 'Row weight',
    single: true,
    sentence: 'How much the row counts when models are evaluated.',
  },
  truth: { title: 'Truth', single: false, sentence: 'What only a simulator knows; no model ever sees it.' },
  ignore: { title: 'Ignore', single: false, sentence: 'Not used.' },
};

/** Every role with what it does, in the order of a menu. */
export const roleChoices: readonly RoleChoice[] = importRoles.map((value) => ({ value, ...roles[value] }));

type Use = NonNullable<ColumnMapping['use']>;

/** What a list column can be used for. */
export const useChoices: readonly Choice<Use>[] = [
  {
    value: 'history',
    title: 'The user’s behaviours',
    sentence: 'Item ids, oldest first: the history that models attend to.',
  },
  {
    value: 'historyScenario',
    title: 'Scenarios of the behaviours',
    sentence: 'Entry by entry beside the behaviours: where each happened.',
  },
  {
    value: 'historyTime',
    title: 'Times of the behaviours',
    sentence: 'Entry by entry beside the behaviours: when each happened.',
  },
  {
    value: 'historyAge',
    title: 'Ages of the behaviours',
    sentence: 'Entry by entry beside the behaviours: how many hours before the row.',
  },
  { value: 'length', title: 'Its length', sentence: 'Only the number of entries is used.' },
];

/** What a column's mapping will do, in one sentence. */
export function columnSentence(
  column: ColumnMapping,
  mapping: Pick<Mapping, 'userId' | 'itemId' | 'rareBelow' | 'buckets'>,
): string {
  if (column.role === 'user' && column.column === mapping.userId) return 'The user’s id.';
  if (column.role === 'item' && column.column === mapping.itemId) return 'The item’s id.';
  if (column.role === 'numeric') {
    return `A number of the ${column.side ?? 'context'}, in at most ${mapping.buckets} buckets.`;
  }
  if (column.role === 'sequence') {
    return useChoices.find((choice) => choice.value === (column.use ?? 'length'))!.sentence;
  }
  if (column.role !== 'user' && column.role !== 'item' && column.role !== 'context') {
    return roles[column.role].sentence;
  }
  const first = column.first ? ', the first entry of its list' : '';
  const rare =
    mapping.rareBelow > 1 ? `; values in fewer than ${mapping.rareBelow} training rows count as “other”` : '';
  return `A category of the ${column.role}${first}${rare}.`;
}

/** The whole mapping in a few sentences, for a person to check before importing. */
export function mappingSentences(mapping: Mapping): readonly string[] {
  const named = (role: ImportRole): string | null =>
    mapping.columns.find((c) => c.role === role)?.column ?? null;
  const sentences: string[] = [];
  const label = named('label');
  const { threshold, positive } = mapping.label;
  const rule = positive
    ? ` (positive: ${positive.join(', ')})`
    : threshold === null
      ? ''
      : ` (positive from ${threshold} on)`;
  sentences.push(label === null ? 'No column is the label yet.' : `Predicts “${label}”${rule}.`);
  const scenario = named('scenario');
  sentences.push(scenario === null ? 'All rows are one scenario.' : `Scenarios come from “${scenario}”.`);
  sentences.push(splitSentence(mapping, named('split'), named('time')));
  const history = mapping.columns.find((c) => c.role === 'sequence' && c.use === 'history');
  const { from, length } = mapping.history;
  if (history && (from === 'auto' || from === 'sequence')) {
    sentences.push(`Histories are the last ${length} entries of “${history.column}”.`);
  } else if (
    from === 'log' ||
    (from === 'auto' && mapping.userId !== null && named('time') !== null && named('item') !== null)
  ) {
    sentences.push(`Histories are the last ${length} positives of the same user before each row.`);
  }
  const used = mapping.columns.filter((c) =>
    ['user', 'item', 'context', 'numeric', 'sequence'].includes(c.role),
  ).length;
  const ignored = mapping.columns.filter((c) => c.role === 'ignore').length;
  sentences.push(
    `${used} of ${mapping.columns.length} columns are read as features; ${ignored} are ignored.`,
  );
  return sentences;
}

function splitSentence(mapping: Mapping, split: string | null, time: string | null): string {
  const { by, validation, test } = mapping.split;
  const percent = (value: number): string => `${Math.round(value * 1000) / 10} %`;
  if (split !== null && (by === 'auto' || by === 'column'))
    return `Training, validation and test rows are told by “${split}”.`;
  if (time !== null && (by === 'auto' || by === 'time')) {
    return `By “${time}”, the latest ${percent(test)} of the rows are the test and the ${percent(validation)} before them the validation.`;
  }
  return `Rows are split at random (seed ${mapping.seed}): ${percent(validation)} for validation, ${percent(test)} for test.`;
}
