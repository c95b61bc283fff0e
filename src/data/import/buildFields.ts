import type { Field, FieldRole } from '../dataset';
import type { BuildContext } from './buildContext';
import { bucketOf, numericValues, quantileBuckets } from './buckets';
import { counted, ImportError, notice } from './errors';
import { describesHistory } from './historyRoles';
import type { ColumnMapping } from './mapping';
import type { ScenarioColumn } from './scenarios';
import type { TextColumn } from './table';
import { isMissing } from './values';
import { encodeColumn, listEntries, spellings, VocabularyCounter, type Vocabulary } from './vocabulary';
import { formatCount } from '../count';

/** Vocabularies longer than this keep no names. */
const mostLabels = 512;

/** Columns of the lab's own file format; a field of that name would be taken for one. */
const reserved = /^(scenario|label|timestamp|split|weight|history_.*|truth_.*)$/;

/** A field before its place in the merged table is known. */
interface Draft {
  readonly mapping: ColumnMapping;
  readonly role: FieldRole;
  readonly ids: Int32Array;
  readonly size: number;
  readonly labels: readonly string[] | null;
  readonly meaning: string;
}

export interface LaidFields {
  readonly fields: readonly Field[];
  readonly columns: readonly Int32Array[];
  readonly vocabularySize: number;
  /** Index of the field that a column of the file became. */
  readonly fieldOf: ReadonlyMap<string, number>;
  /** The item id's vocabulary, in which histories are spelled. */
  readonly items: Vocabulary | null;
}

export interface FieldInputs {
  readonly features: readonly ColumnMapping[];
  readonly historySource: ColumnMapping | null;
  /** Table rows of the dataset, and of its training part. */
  readonly rows: Int32Array;
  readonly training: Int32Array;
  readonly scenarios: ScenarioColumn;
  readonly scenario: Int16Array;
}

/**
 * Fields of the dataset: categorical columns by a vocabulary, numbers and list lengths by quantile buckets, all of training rows
 * only; then the scenario.
 *
 * @throws ImportError `noFields`.
 */
export async function makeFields(context: BuildContext, given: FieldInputs): Promise<LaidFields> {
  const drafts: Draft[] = [];
  let items: Vocabulary | null = null;
  for (const [index, feature] of given.features.entries()) {
    await context.step(0.4 + (0.4 * index) / given.features.length);
    if (feature === given.historySource || describesHistory(feature)) continue;
    if (feature.role === 'numeric' || feature.role === 'sequence') {
      drafts.push(numericDraft(context, feature, given));
      continue;
    }
    const { draft, vocabulary } = categoricalDraft(context, feature, feature.role as FieldRole, given);
    if (feature.column === context.mapping.itemId) items = vocabulary;
    drafts.push(draft);
  }
  if (drafts.length === 0) {
    throw new ImportError(
      'noFields',
      'No column is left to predict from; give at least one the role user, item, context or numeric.',
    );
  }
  return { ...layFields(context, drafts, given), items };
}

function categoricalDraft(
  context: BuildContext,
  feature: ColumnMapping,
  role: FieldRole,
  given: FieldInputs,
): { readonly draft: Draft; readonly vocabulary: Vocabulary } {
  const { mapping, notices } = context;
  const source = context.column(feature.column);
  const spelled = spellings(source, feature.first ?? false);
  const counter = new VocabularyCounter();
  counter.addColumn(source, spelled, given.training);
  if (feature.column === mapping.itemId && given.historySource) {
    // Items of training rows' histories are training data too, and share the candidate's embeddings.
    counter.addLists(context.column(given.historySource.column), given.training);
  }
  const vocabulary = counter.finish(mapping.rareBelow);
  if (vocabulary.size === 1) {
    notices.push(
      notice(
        'allRare',
        `No value of column “${feature.column}” is seen in ${counted(mapping.rareBelow, 'training row')} or more, so all count as “other”; lower that number, or ignore the column.`,
        { column: feature.column },
      ),
    );
  }
  const folded = formatCount(vocabulary.folded);
  const draft: Draft = {
    mapping: feature,
    role,
    ids: encodeColumn(source, spelled, vocabulary, given.rows),
    size: vocabulary.size,
    labels: vocabulary.size <= mostLabels ? vocabulary.labels : null,
    meaning:
      feature.meaning ??
      `Column “${feature.column}” of the file: ${counted(vocabulary.size - 1, 'value')} kept, ${folded} rare ones counted as other.`,
  };
  return { draft, vocabulary };
}

function numericDraft(context: BuildContext, feature: ColumnMapping, given: FieldInputs): Draft {
  const source = context.column(feature.column);
  const isList = feature.role === 'sequence';
  const values = isList
    ? Float64Array.from(listEntries(source), (list) => list.length)
    : numericValues(source);
  const ofTraining = Float64Array.from(given.training, (row) => values[source.codes[row]!]!);
  const buckets = quantileBuckets(ofTraining, context.mapping.buckets);
  if (!isList) reportUnreadable(context, feature, source, values, given.rows);
  const ofCode = Int32Array.from(values, (value) => bucketOf(value, buckets));
  const what = isList ? 'number of entries' : 'value';
  const base = feature.meaning ?? `Column “${feature.column}” of the file.`;
  return {
    mapping: feature,
    role: feature.side ?? 'context',
    ids: Int32Array.from(given.rows, (row) => ofCode[source.codes[row]!]!),
    size: buckets.size,
    labels: buckets.labels,
    meaning: `${base} Its ${what} in ${counted(buckets.size - 1, 'bucket')} of about equally many training rows.`,
  };
}

function reportUnreadable(
  context: BuildContext,
  feature: ColumnMapping,
  source: TextColumn,
  values: Float64Array,
  rows: Int32Array,
): void {
  const odd = rows.filter((row) => {
    const code = source.codes[row]!;
    return Number.isNaN(values[code]!) && !isMissing(source.values[code]!);
  });
  if (odd.length === 0) return;
  const line = context.table.lines[odd[0]!]!;
  context.notices.push(
    notice(
      'unreadableNumber',
      `Column “${feature.column}” is no number in ${counted(odd.length, 'row')} (first: line ${line}); there it counts as having no value.`,
      { column: feature.column, line },
    ),
  );
}

/** Fields in the order user, item, context, scenario, side by side in one merged id space that starts at 1. */
function layFields(
  context: BuildContext,
  drafts: readonly Draft[],
  given: FieldInputs,
): Omit<LaidFields, 'items'> {
  const order: readonly FieldRole[] = ['user', 'item', 'context'];
  const fieldOf = new Map<string, number>();
  const used = new Set<string>();
  const unused = (wanted: string): string => {
    let name = wanted;
    while (used.has(name)) name += '_2';
    used.add(name);
    return name;
  };
  const sorted = [...drafts].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  const fields: Field[] = [];
  const columns: Int32Array[] = [];
  let offset = 1;
  const put = (field: Omit<Field, 'offset'>, ids: Int32Array): void => {
    fields.push({ ...field, offset });
    columns.push(ids);
    offset += field.size;
  };
  for (const draft of sorted) {
    const { mapping, role, size, meaning } = draft;
    const scenarioSpecific = mapping.scenarioSpecific ?? false;
    fieldOf.set(mapping.column, fields.length);
    const name = unused(reserved.test(mapping.column) ? `${role}_${mapping.column}` : mapping.column);
    const field = { name, role, size, scenarioSpecific, meaning };
    put(draft.labels ? { ...field, labels: draft.labels } : field, draft.ids);
  }
  const source = context.ofRole('scenario');
  put(
    {
      name: unused(source && !reserved.test(source.name) ? source.name : 'scenario_id'),
      role: 'scenario',
      size: given.scenarios.ids.length + 1,
      scenarioSpecific: true,
      meaning: source
        ? `Scenario, from column “${source.name}”.`
        : 'The one scenario of a file that names none.',
      labels: ['other', ...given.scenarios.names],
    },
    Int32Array.from(given.scenario, (s) => s + 1),
  );
  return { fields, columns, vocabularySize: offset, fieldOf };
}
