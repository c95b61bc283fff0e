import { DifferenceBars } from '../../../beside/DifferenceBars';
import { scenarioColours } from '../../../colour/scenario';
import { INK } from '../../../colour/tokens';
import { Figure } from '../../../figure/Figure';
import { trimNumber } from '../../../format';
import { useStudies } from '../../../store/studies';
import { useTheme } from '../../../store/theme';
import type { StoredStudy } from '../../../../studies/evidence/format';
import { storedChanges, studyWorld } from '../stored';
import type { Story } from '../story';

/** Metrics that are shown where a study has them, and how they are called. */
const METRICS = [
  ['noiseFreeAuc', 'noise-free AUC'],
  ['interestAuc', 'interest AUC'],
] as const;

interface Found {
  readonly metric: string;
  readonly words: string;
  readonly bars: Parameters<typeof DifferenceBars>[0]['bars'];
  readonly pairs: number;
}

/** What the study of the paper says of the switch at a dose, metric by metric. */
function found(story: Story, study: StoredStudy, dose: number, theme: 'light' | 'dark'): readonly Found[] {
  const world = studyWorld(study, story.world, dose);
  if (!world || story.paper === null) return [];
  const colours = scenarioColours(
    world.scenarios.map(({ share }) => ({ share, group: null })),
    theme,
  );
  return METRICS.flatMap(([metric, words]) => {
    const changes = storedChanges(study, story.paper ?? '', story.predict.by, world, metric);
    if (changes.length === 0) return [];
    const bars = changes.map(({ id, name, value, interval }, s) => ({
      id,
      name,
      value,
      interval,
      colour: colours[s] ?? INK,
    }));
    return [{ metric, words, bars, pairs: Math.max(...changes.map(({ pairs }) => pairs)) }];
  });
}

/** The stored study beside the live run: over several seeds, with intervals; or that it was not run. */
export function StoredDifference({ story, dose }: { readonly story: Story; readonly dose: number }) {
  const { state, studies } = useStudies();
  const theme = useTheme((one) => one.theme);
  if (story.paper === null) return null;
  const study = studies.find(({ id }) => id === story.paper);
  const changes = study ? found(story, study, dose, theme) : [];
  const why =
    state === 'unread' || state === 'reading'
      ? 'Reading the stored study…'
      : `Not run yet at dose ${trimNumber(dose)}: no stored study compares ${story.predict.names[0]} with ${story.predict.names[1]} here.`;
  if (changes.length === 0)
    return (
      <p className="muted" data-testid="stored-none">
        {why}
      </p>
    );
  return (
    <>
      {changes.map(({ metric, words, bars, pairs }) => (
        <Figure
          key={metric}
          name={`learn-stored-${metric}`}
          title={`Stored study, ${pairs} seeds: change in ${words}`}
          reading="The same change in larger runs that are stored with the page: mean over seeds, the line is its 95 % interval. Simulated data."
          table={{
            columns: ['scenario', 'difference', 'low', 'high'],
            rows: bars.map(({ name, value, interval }) => [
              name,
              value,
              interval?.[0] ?? null,
              interval?.[1] ?? null,
            ]),
          }}
        >
          <DifferenceBars
            label={`Change in ${words} over ${pairs} seeds; the numbers are in the table.`}
            bars={bars}
          />
        </Figure>
      ))}
    </>
  );
}
