import { SPLIT, type History } from '../dataset';
import type { BuildContext } from './buildContext';
import type { LaidFields } from './buildFields';
import { counted, ImportError, notice } from './errors';
import { historyFromLists, historyFromLog, type ListedBehaviours } from './histories';
import { scenariosOfItems } from './itemScenarios';
import type { ColumnMapping } from './mapping';
import type { ScenarioColumn } from './scenarios';
import type { RowSplit } from './splitRows';
import type { ReadTimes } from './times';
import type { TextColumn } from './table';
import { guessTimeUnit, type TimeUnit } from './timeUnits';
import { isMissing, parseList } from './values';
import type { Vocabulary } from './vocabulary';
import { formatCount } from '../count';

/** Ids of behaviours kept at most (256 MB): beyond that, behaviours carry the item's id only. */
const mostHistoryIds = 2 ** 26;

export interface HistoryInputs {
  readonly features: readonly ColumnMapping[];
  readonly source: ColumnMapping | null;
  readonly items: Vocabulary | null;
  readonly scenarios: ScenarioColumn;
  readonly rows: Int32Array;
  readonly parted: RowSplit;
  readonly time: ReadTimes | null;
  readonly fields: LaidFields;
  readonly scenario: Int16Array;
  readonly label: Float32Array;
}

/** The dataset's histories, from list columns or from the log; null where the file has neither. */
export function makeHistory(context: BuildContext, given: HistoryInputs): History | null {
  const { mapping } = context;
  if (given.source && given.items) {
    const itemField = given.fields.fieldOf.get(mapping.itemId!)!;
    const listed = listedBehaviours(context, given, given.source);
    const times = given.time?.inSeconds ? given.time.seconds : null;
    const history = historyFromLists(
      listed,
      given.items,
      itemField,
      given.rows,
      mapping.history.length,
      times,
    );
    tellScenarios(context, given.source.column, listed, history);
    return history;
  }
  return historyOfLog(context, given);
}

/** Models that ask where a behaviour happened get nothing of a list that does not say; better told than found out. */
function tellScenarios(
  { notices }: BuildContext,
  column: string,
  listed: ListedBehaviours,
  { scenario, length, lengths }: History,
): void {
  if (listed.scenarios) return;
  let known = 0;
  let all = 0;
  lengths.forEach((count, row) => {
    all += count;
    for (let k = 0; k < count; k++) if (scenario[row * length + k]! >= 0) known++;
  });
  const sentence = listed.scenarioOfItem
    ? `No list says in which scenario the behaviours of “${column}” happened. Items stay in one scenario here, so a behaviour counts in its item’s: known for ${formatCount(known)} of ${counted(all, 'behaviour')}.`
    : `No list says in which scenario the behaviours of “${column}” happened, so none counts as one of the row’s own scenario; a list column of scenarios beside it would say.`;
  notices.push(notice('history', sentence, { column }));
}

function listedBehaviours(
  context: BuildContext,
  given: HistoryInputs,
  source: ColumnMapping,
): ListedBehaviours {
  const describing = (use: string): TextColumn | null => {
    const feature = given.features.find((f) => f.role === 'sequence' && f.use === use);
    return feature ? context.column(feature.column) : null;
  };
  const scenarios = describing('historyScenario');
  const times = describing('historyTime');
  const ages = describing('historyAge');
  return {
    items: context.column(source.column),
    scenarios: scenarios && { column: scenarios, index: given.scenarios.indexOf },
    scenarioOfItem:
      scenarios || context.mapping.itemId === null
        ? null
        : scenariosOfItems({
            items: context.column(context.mapping.itemId),
            rows: given.rows,
            split: given.parted.split,
            scenario: given.scenario,
          }),
    times: times ? { column: times, unit: unitOfLists(times) } : ages ? { column: ages, unit: null } : null,
  };
}

function unitOfLists(column: TextColumn): TimeUnit {
  // A thousand lists say what unit their times are in.
  return guessTimeUnit(column.values.slice(0, 1000).flatMap((text) => parseList(text) ?? [])) ?? 'seconds';
}

function historyOfLog(context: BuildContext, given: HistoryInputs): History | null {
  const { mapping, notices } = context;
  const { rows, parted, time } = given;
  const { from, length } = mapping.history;
  const itemFields = carriedFields(given, mapping.itemId, rows.length * length);
  const possible = time !== null && mapping.userId !== null && itemFields.length > 0;
  if (from === 'log' && !possible) {
    throw new ImportError(
      'badMapping',
      'A history from the log needs a time, a user id and an item column; map those, or take no history.',
    );
  }
  if ((from !== 'auto' && from !== 'log') || !possible) return null;
  const user = context.column(mapping.userId!);
  // Rows of a split that does not follow time must not see what evaluation rows clicked.
  const visible = parted.split.map((split) => (parted.by === 'time' || split === SPLIT.train ? 1 : 0));
  const history = historyFromLog(
    {
      fields: given.fields.fields,
      columns: given.fields.columns,
      itemFields,
      scenario: given.scenario,
      label: given.label,
      times: Float64Array.from(rows, (row) => time.seconds[row]!),
      inSeconds: time.inSeconds,
      user: Int32Array.from(rows, (row) => {
        const code = user.codes[row]!;
        return isMissing(user.values[code]!) ? 0 : code + 1;
      }),
      visible,
    },
    length,
  );
  const filled = history.lengths.reduce((count, own) => count + (own > 0 ? 1 : 0), 0);
  if (filled === 0 && from === 'auto') return null;
  notices.push(
    notice(
      'history',
      `Histories are made from the log: the last ${length} positives of the same user before each row; ${counted(filled, 'row')} of ${formatCount(rows.length)} ${filled === 1 ? 'has' : 'have'} one.`,
      { column: mapping.userId },
    ),
  );
  return history;
}

/** Item fields of behaviours: the id first, then as many of the others as fit. */
function carriedFields(given: HistoryInputs, itemId: string | null, behaviours: number): number[] {
  const { fields } = given.fields;
  const all = fields.flatMap((field, f) => (field.role === 'item' ? [f] : []));
  const id = itemId === null ? undefined : given.fields.fieldOf.get(itemId);
  all.sort((a, b) => Number(b === id) - Number(a === id) || a - b);
  return all.slice(0, Math.max(1, Math.floor(mostHistoryIds / Math.max(1, behaviours))));
}
