/** Where the item decides the scenario (a category of a shop, a kind of medium), a behaviour's item tells its scenario. */
import { SPLIT } from '../dataset';
import type { TextColumn } from './table';
import { spellings } from './vocabulary';

/** Of items with two training rows or more, at least this share stays in one scenario. */
const DECIDED = 0.98;

export interface ItemRows {
  /** The item's id column. */
  readonly items: TextColumn;
  /** Table rows, with the split and the scenario of each. */
  readonly rows: Int32Array;
  readonly split: Uint8Array;
  readonly scenario: Int16Array;
}

/**
 * The scenario of an item id as spelled in lists, -1 where training rows do not tell; null where items do not decide
 * scenarios: when there is one scenario only, or items wander between several. Evaluation rows are not looked at.
 */
export function scenariosOfItems({
  items,
  rows,
  split,
  scenario,
}: ItemRows): ((entry: string) => number) | null {
  const spelled = spellings(items);
  const seen = new Map<string, { scenario: number; rows: number; alone: boolean }>();
  const scenarios = new Set<number>();
  rows.forEach((row, r) => {
    const item = spelled[items.codes[row]!];
    if (item === null || item === undefined || split[r] !== SPLIT.train) return;
    const here = scenario[r]!;
    scenarios.add(here);
    const known = seen.get(item);
    if (!known) seen.set(item, { scenario: here, rows: 1, alone: true });
    else {
      known.rows++;
      if (known.scenario !== here) known.alone = false;
    }
  });
  const repeated = [...seen.values()].filter((item) => item.rows > 1);
  const alone = repeated.filter((item) => item.alone).length;
  if (scenarios.size < 2 || alone === 0 || alone < DECIDED * repeated.length) return null;
  return (entry) => {
    const known = seen.get(entry);
    return known?.alone ? known.scenario : -1;
  };
}
