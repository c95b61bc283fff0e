/** The first rows of a dataset and its first scenarios, as a person's very small file would be. */
import { simulatedSmall } from './simulatedSmall';
import type { Dataset } from '../../src/data/dataset';

/** `rows` rows of `scenarios` scenarios, of which every tenth validates and every tenth tests. */
export function fewRows(rows: number, scenarios: number): Dataset {
  const dataset = simulatedSmall(rows);
  const scenario = Int16Array.from({ length: rows }, (_, row) => row % scenarios);
  const scenarioField = dataset.fields.findIndex(({ role }) => role === 'scenario');
  const history = dataset.history!;
  const fields = dataset.fields.map((field, index) =>
    index === scenarioField ? { ...field, size: scenarios + 1 } : field,
  );
  return {
    ...dataset,
    scenarios: Array.from({ length: scenarios }, (_, n) => ({
      ...dataset.scenarios[0]!,
      id: `s${n}`,
      name: `S${n}`,
      share: 1 / scenarios,
    })),
    fields,
    // The scenario's field stands last.
    vocabularySize: fields[scenarioField]!.offset + scenarios + 1,
    columns: dataset.columns.map((column, index) =>
      index === scenarioField ? Int32Array.from(scenario, (n) => n + 1) : column,
    ),
    scenario,
    history: { ...history, scenario: history.scenario.map((n) => (n < 0 ? n : n % scenarios)) },
  };
}
