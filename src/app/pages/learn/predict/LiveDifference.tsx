import { useEffect, useEffectEvent } from 'react';
import { DifferenceBars } from '../../../beside/DifferenceBars';
import { comparable, differences } from '../../../beside/pair';
import type { Difference, Pair } from '../../../beside/pair';
import { PairProgress } from '../../../beside/PairProgress';
import { useSides } from '../../../beside/useSides';
import { scenarioColours } from '../../../colour/scenario';
import { INK } from '../../../colour/tokens';
import { Figure } from '../../../figure/Figure';
import { formatSigned } from '../../../format';
import type { RunView } from '../../../store/runView';
import { useTheme } from '../../../store/theme';
import { loserOf } from '../changes';
import type { Change } from '../changes';

interface Props {
  readonly pair: Pair;
  readonly names: readonly [string, string];
  /** What was predicted, in words and by its id. */
  readonly choice: string;
  readonly picked: string | null;
  readonly among: (scenarios: RunView['scenarios'], found: readonly Difference[]) => readonly Change[];
  /** Told once of what both runs came to. */
  readonly onDone: (changes: readonly Change[]) => void;
}

/** What came of the prediction, with the caution that one seed asks for. */
function outcome(changes: readonly Change[], choice: string, picked: string | null): string {
  const worst = loserOf(changes);
  const came = worst ? `${worst.name} lost most, ${formatSigned(worst.value)}` : 'nobody lost';
  const right = picked === (worst?.id ?? 'none');
  return `You said ${choice}. In this run ${came}: ${right ? 'as you said' : 'not as you said'}. One seed: chance alone moves a bar as well; “Another seed” shows by how much.`;
}

/** Two small runs as they train, and a bar of difference a scenario. */
export function LiveDifference({ pair, names, choice, picked, among, onDone }: Props) {
  const sides = useSides(pair);
  const theme = useTheme((state) => state.theme);
  const [first, second] = [sides[0].view, sides[1].view];
  const scenarios = (second ?? first)?.scenarios ?? [];
  const compared = comparable(first, second);
  const found = compared ? differences(scenarios, compared, 'noiseFree') : [];
  const done = compared?.rows === 'test';
  const colours = scenarioColours(scenarios, theme);
  const changes = among(scenarios, found);
  const tell = useEffectEvent(() => onDone(changes));
  useEffect(() => {
    if (done) tell();
  }, [done]);
  const shown = changes.map(({ id, name, value }) => {
    const at = scenarios.findIndex((one) => one.id === id);
    return { id, name, value, colour: colours[at] ?? INK };
  });
  return (
    <>
      <Figure
        name="learn-difference"
        title={`Change in noise-free AUC: ${names[1]}, against ${names[0]} (seed ${pair.setup.seed})`}
        reading={`Left of the line a scenario loses. ${done ? 'Test rows of two runs that you trained just now, one seed, simulated data.' : 'Bars come once both runs were evaluated at the same step.'}`}
        table={{
          columns: ['scenario', names[0], names[1], 'difference'],
          rows: found.map(({ name, first: a, second: b, value }) => [name, a, b, value]),
        }}
      >
        <div data-testid="live-bars" data-rows={compared?.rows ?? 'none'}>
          <DifferenceBars
            label={`Change by scenario, ${names[1]} against ${names[0]}; the numbers are in the table.`}
            bars={shown}
          />
        </div>
      </Figure>
      <PairProgress names={names} sides={sides} />
      {done && (
        <p className="learn-said" data-testid="outcome" role="status">
          {outcome(changes, choice, picked)}
        </p>
      )}
    </>
  );
}
