/** People who are known from several scenarios: M-scan's paper keeps no others. */
import { SPLIT, type Dataset } from '../../data/dataset';

/**
 * Which rows are by people whose training rows lie in two scenarios or more.
 *
 * @param rows row numbers of the dataset `[n]`
 * @returns 1 where so, else 0 `[n]`; null where the data does not name people
 */
export function bySeveralScenarios(
  dataset: Pick<Dataset, 'fields' | 'columns' | 'scenario' | 'split'>,
  rows: Int32Array,
): Uint8Array | null {
  const people = dataset.columns[dataset.fields.findIndex(({ name }) => name === 'user_id')];
  if (!people) return null;
  const first = new Map<number, number>();
  const several = new Set<number>();
  dataset.split.forEach((split, row) => {
    if (split !== SPLIT.train) return;
    const [person, scenario] = [people[row]!, dataset.scenario[row]!];
    if ((first.get(person) ?? scenario) !== scenario) several.add(person);
    else first.set(person, scenario);
  });
  return Uint8Array.from(rows, (row) => (several.has(people[row]!) ? 1 : 0));
}
