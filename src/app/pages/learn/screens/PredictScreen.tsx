import { useEffect, useMemo, useState } from 'react';
import { trainBeside, useBeside } from '../../../beside/besideStore';
import { WORLDS } from '../../../../data/simulate/worlds';
import { attempt } from '../../../store/notices';
import { pauseQueue } from '../../../store/queue';
import { readStudies } from '../../../store/studies';
import { changesAmong, choicesOf } from '../changes';
import type { Change } from '../changes';
import { LiveDifference } from '../predict/LiveDifference';
import { SeedsTogether } from '../predict/SeedsTogether';
import type { SeedChanges } from '../predict/SeedsTogether';
import { StoredDifference } from '../predict/StoredDifference';
import type { Story } from '../story';
import { capital } from '../stored';
import { dosesOf, storySetup, worldAt } from '../storySetup';
import { trimNumber } from '../../../format';

/** Predict who loses, then train both sides and see; the dose says how much of the cause is there. */
export function PredictScreen({ story }: { readonly story: Story }) {
  const { predict } = story;
  const doses = useMemo(() => dosesOf(story), [story]);
  const [dose, setDose] = useState(doses.own);
  const [choice, setChoice] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const pair = useBeside(({ pairs }) =>
    pairs.find(({ id, setup }) => id === asked && setup.dataset === worldAt(story, dose)),
  );
  /** What came of each pair that was trained here, by its data: the seeds of a dose belong together. */
  const [came, setCame] = useState<Readonly<Record<string, readonly SeedChanges[]>>>({});
  useEffect(() => void readStudies(), []);
  const world = worldAt(story, dose);
  const seeds = came[world] ?? [];
  const scenarios = WORLDS.find(({ id }) => id === story.world)?.scenarios ?? [];
  const choices = choicesOf(predict.among, scenarios);
  const train = (seed: number | null) =>
    attempt(async () => {
      pauseQueue(false);
      const { name, first, second } = predict.by;
      const setup = storySetup(story, dose, seed === null ? {} : { seed: String(seed) });
      setAsked(await trainBeside(setup, { name, first, second }));
    });
  const told = (seed: number, changes: readonly Change[]) =>
    setCame((before) => ({
      ...before,
      [world]: [...(before[world] ?? []).filter((one) => one.seed !== seed), { seed, changes }],
    }));
  const last = seeds.at(-1)?.seed;
  return (
    <>
      <fieldset className="predict" data-testid="prediction">
        <legend>{predict.question}</legend>
        <div className="predict-choices">
          {choices.map(({ id, name }) => (
            <label key={id}>
              <input
                type="radio"
                name="prediction"
                value={id}
                checked={choice === id}
                onChange={() => setChoice(id)}
              />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
      <div className="predict-dose">
        <label>
          Dose of the cause{' '}
          <input
            type="range"
            data-testid="dose"
            min={0}
            max={doses.values.length - 1}
            step={1}
            value={Math.max(0, doses.values.indexOf(dose))}
            aria-valuetext={`${doses.name} ${trimNumber(dose)}`}
            onChange={(event) => setDose(doses.values[Number(event.target.value)] ?? doses.own)}
          />
        </label>
        <output>
          {doses.name} {trimNumber(dose)}
        </output>
        <button
          type="button"
          className="button primary"
          data-testid="train-both"
          disabled={choice === null}
          title={choice === null ? 'Predict first' : undefined}
          onClick={() => train(null)}
        >
          Train both
        </button>
        {choice === null && <span className="muted">Predict first.</span>}
      </div>
      <p className="muted learn-cause">
        <strong>{capital(doses.name)}:</strong> {doses.meaning}
      </p>
      {dose === 0 && <p className="learn-said">{predict.atZero}</p>}
      {pair ? (
        <LiveDifference
          key={pair.id}
          pair={pair}
          names={predict.names}
          choice={choices.find(({ id }) => id === choice)?.name ?? ''}
          picked={choice}
          among={(view, found) => changesAmong(predict.among, view, found)}
          onDone={(changes) => told(pair.setup.seed, changes)}
        />
      ) : (
        <p className="muted" data-testid="not-trained">
          Two runs of seconds each: {predict.names[0]}, and {predict.names[1]}. They stay in your list of
          runs.
        </p>
      )}
      {last !== undefined && (
        <p className="learn-again">
          <button
            type="button"
            className="button"
            data-testid="another-seed"
            disabled={pair !== undefined && seeds.every(({ seed }) => seed !== pair.setup.seed)}
            onClick={() => train(last + 1)}
          >
            Another seed
          </button>{' '}
          <span className="muted">Same data and models, other starting weights and order of rows.</span>
        </p>
      )}
      <SeedsTogether seeds={seeds} />
      <StoredDifference story={story} dose={dose} />
    </>
  );
}
