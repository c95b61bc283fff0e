import { DifferenceBars } from '../../../beside/DifferenceBars';
import { scenarioColours } from '../../../colour/scenario';
import { INK } from '../../../colour/tokens';
import { Figure } from '../../../figure/Figure';
import { formatSigned, trimNumber } from '../../../format';
import { useStudies } from '../../../store/studies';
import { useTheme } from '../../../store/theme';
import type { StoredStudy } from '../../../../studies/evidence/format';
import {
  capital,
  changeInWords,
  changesByDose,
  dosesInWords,
  sizesInWords,
  storedChanges,
  studyWorld,
  switchedPair,
} from '../stored';
import type { StoredChange } from '../stored';
import type { Story } from '../story';
import { dosesOf } from '../storySetup';

/** Metrics that are shown where a study has them, and how they are called. */
const METRICS = [
  ['noiseFreeAuc', 'noise-free AUC'],
  ['interestAuc', 'interest AUC'],
] as const;

interface Found {
  readonly metric: string;
  readonly words: string;
  /** By scenario, the mean last. */
  readonly changes: readonly StoredChange[];
}

/** What the study of the paper says of the switch at a dose, metric by metric; the same figures are shown once. */
function found(story: Story, paper: string, study: StoredStudy, dose: number): readonly Found[] {
  const world = studyWorld(study, story.world, dose);
  if (!world) return [];
  const all = METRICS.map(([metric, words]) => ({
    metric,
    words,
    changes: storedChanges(study, paper, story.predict.by, world, metric, story.predict.among),
  })).filter(({ changes }) => changes.length > 0);
  const [first, ...rest] = all;
  const alike = rest.filter(({ changes }) =>
    changes.every(({ value }, k) => formatSigned(value) === formatSigned(first?.changes[k]?.value)),
  );
  if (!first) return [];
  const words = [first, ...alike].map((one) => one.words).join(' and ');
  return [{ ...first, words }, ...rest.filter((one) => !alike.includes(one))];
}

const seeds = (count: number): string => (count === 1 ? 'one seed' : `${count} seeds`);

interface Props {
  readonly story: Story;
  readonly paper: string;
  readonly study: StoredStudy;
}

/** One metric's change by scenario, and what it comes to. */
function OfScenarios({
  story,
  paper,
  study,
  dose,
  of: { metric, words, changes },
}: Props & { readonly dose: number; readonly of: Found }) {
  const theme = useTheme((one) => one.theme);
  const world = studyWorld(study, story.world, dose);
  const colours = scenarioColours(
    (world?.scenarios ?? []).map(({ share }) => ({ share, group: null })),
    theme,
  );
  const pairs = Math.max(...changes.map((one) => one.pairs));
  const mean = changes.at(-1);
  const names =
    switchedPair(study, paper, story.predict.by)
      ?.map(({ name }) => name)
      .reverse()
      .join(' against ') ?? '';
  return (
    <Figure
      name={`learn-stored-${metric}`}
      title={`Stored study, ${seeds(pairs)}: change in ${words}`}
      headline={
        mean && `${changeInWords(mean, story.predict.names[1], words)} ${sizesInWords(changes)}`.trim()
      }
      reading={`${capital(story.predict.names[1])}, against ${story.predict.names[0]}, in larger runs that are stored with the page (${names}): mean over seeds; the line is its 95 % interval. Simulated data.`}
      table={{
        columns: ['scenario', 'difference', 'low', 'high'],
        rows: changes.map(({ name, value, interval }) => [
          name,
          value,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
        ]),
      }}
    >
      <DifferenceBars
        label={`Change in ${words} over ${seeds(pairs)}; the numbers are in the table.`}
        bars={changes.map((one, s) => ({
          ...one,
          colour: colours[s] ?? INK,
          summary: s >= (world?.scenarios.length ?? 0),
        }))}
      />
    </Figure>
  );
}

/** Change of the mean at every dose: whether it goes where its cause goes. */
function OfDoses({ story, paper, study }: Props) {
  const { name, values } = dosesOf(story);
  const [[metric, words]] = METRICS;
  const doses = changesByDose(study, paper, story.predict.by, story.world, values, metric);
  if (doses.every(({ value }) => value === null)) return null;
  return (
    <Figure
      name="learn-doses"
      title={`Stored study: mean ${words} at every dose (${name})`}
      headline={dosesInWords(doses, story.predict.names[1]) || undefined}
      reading={`${capital(story.predict.names[1])}, against ${story.predict.names[0]}. A part that helps by its cause leaves no bar at dose 0, and a longer one to the left the more of the cause there is. A bar without a line is of one seed.`}
      table={{
        columns: [name, 'seeds', 'difference', 'low', 'high'],
        rows: doses.map(({ dose, pairs, value, interval }) => [
          trimNumber(dose),
          pairs,
          value,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
        ]),
      }}
    >
      <DifferenceBars
        label={`Change in mean ${words} at each dose; the numbers are in the table.`}
        bars={doses.map(({ dose, value, interval, pairs }) => ({
          id: `dose ${dose}`,
          name: `dose ${trimNumber(dose)}`,
          value,
          interval,
          colour: INK,
          ...(pairs === 0 && { instead: 'not run' }),
        }))}
      />
    </Figure>
  );
}

/** The stored study beside the live run: over several seeds, with intervals; or that it was not run. */
export function StoredDifference({ story, dose }: { readonly story: Story; readonly dose: number }) {
  const { state, studies } = useStudies();
  const { paper } = story;
  if (paper === null) return null;
  const study = studies.find(({ id }) => id === paper);
  const all = study ? found(story, paper, study, dose) : [];
  const why =
    state === 'unread' || state === 'reading'
      ? 'Reading the stored study…'
      : `Not run yet at dose ${trimNumber(dose)}: no stored study compares ${story.predict.names[0]} with ${story.predict.names[1]} here.`;
  return (
    <>
      {all.length === 0 && (
        <p className="muted" data-testid="stored-none">
          {why}
        </p>
      )}
      {study && all.map((of) => <OfScenarios key={of.metric} {...{ story, paper, study, dose, of }} />)}
      {study && <OfDoses {...{ story, paper, study }} />}
    </>
  );
}
