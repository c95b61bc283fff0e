import { scenarioColours } from '../colour/scenario';
import { INK } from '../colour/tokens';
import { hasTruth } from '../pictures/curves/curves';
import { useRuns } from '../store/runs';
import type { RunSetup } from '../../training/runRecord';
import { useSetup } from '../store/setup';
import { useTheme } from '../store/theme';
import { useBeside } from './besideStore';
import { comparable, differences } from './pair';

/** More bars than this at an edge are no picture. */
const MOST = 8;

interface EdgeBars {
  /** Setting that the edge turns. */
  readonly name: string;
  readonly bars: readonly { readonly value: number | null; readonly colour: string }[];
}

/** What the newest finished pair of this model and dataset says at its edge: a bar a scenario, or the mean of many. */
export function useEdgeBars({ model, dataset }: RunSetup): EdgeBars | null {
  const pair = useBeside(({ pairs }) =>
    pairs.find((one) => one.setup.model === model && one.setup.dataset === dataset),
  );
  // The pair's own figure opens both records.
  const first = useRuns(({ views }) => views.get(pair?.runs[0] ?? '') ?? null);
  const second = useRuns(({ views }) => views.get(pair?.runs[1] ?? '') ?? null);
  const curve = useSetup((state) => state.curve);
  const theme = useTheme((state) => state.theme);
  const compared = comparable(first, second);
  if (!pair || !first || compared?.rows !== 'test') return null;
  const kind = hasTruth(first) ? curve : 'drawn';
  const found = differences(first.scenarios, compared, kind);
  const colours = scenarioColours(first.scenarios, theme);
  const bars = found.map(({ value }, s) => ({ value, colour: colours[s] ?? INK }));
  return { name: pair.by.name, bars: bars.length - 1 <= MOST ? bars.slice(0, -1) : bars.slice(-1) };
}
