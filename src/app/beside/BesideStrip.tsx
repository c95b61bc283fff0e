import { settingDifferences } from '../../studies/setups';
import { parseSetup } from '../../training/parseSetup';
import { attempt } from '../store/notices';
import type { RunView } from '../store/runView';
import { useSetup } from '../store/setup';
import { BesideFigure } from './BesideFigure';
import { closePair, trainBeside, useBeside } from './besideStore';
import { belongsTo, pairTitle, switchOf } from './pair';
import './beside.css';

/** Changes that are said one by one. */
const MOST_CHANGES = 4;

/** What differs between the run on show and what is set, e.g. `Priors on → off`. */
function changesSince(view: RunView, setup: RunView['setup']): readonly string[] {
  const found = settingDifferences([view.setup, setup]).map(
    ({ label, values }) => `${label} ${values[0]} → ${values[1]}`,
  );
  return view.setup.seed === setup.seed ? found : [...found, `Seed ${view.setup.seed} → ${setup.seed}`];
}

/** Says where what is set differs from the run on show, offers to train the last switch on and off, shows the pair. */
export function BesideStrip({ view }: { readonly view: RunView }) {
  const setup = useSetup((state) => state.setup);
  const switched = useSetup((state) => state.switched);
  const adopt = useSetup((state) => state.adopt);
  const pair = useBeside(({ pairs }) =>
    pairs.find((one) => one.setup.model === setup.model && one.setup.dataset === setup.dataset),
  );
  const trained = view.id !== null;
  const changes = trained ? changesSince(view, setup) : [];
  const now = switched ? setup.settings[switched.name] : undefined;
  const by = switched && now !== undefined ? switchOf(switched.name, switched.before, now) : null;
  // A pair on show that compares just this is not asked for again.
  const answered = by !== null && pair !== undefined && pair.by.name === by.name && belongsTo(pair, setup);
  const offers = by !== null && !answered;
  const more = changes.length - MOST_CHANGES;
  return (
    <>
      {(changes.length > 0 || offers) && (
        <div className="run-heading changed-since" data-testid="changed-since">
          {changes.length > 0 && (
            <span>
              <strong>Changed since this run:</strong> {changes.slice(0, MOST_CHANGES).join('; ')}
              {more > 0 && ` and ${more} more`}
            </span>
          )}
          {offers && changes.length === 0 && (
            <span className="muted">{pairTitle(setup, by)}: train both, same seed, side by side?</span>
          )}
          <span className="header-gap" />
          {offers && (
            <button
              type="button"
              className="button"
              data-testid="train-beside"
              title={`${pairTitle(setup, by)}: both are trained, same seed, one after the other`}
              onClick={() => attempt(async () => void (await trainBeside(setup, by, view)))}
            >
              Train beside
            </button>
          )}
          {changes.length > 0 && (
            <button
              type="button"
              className="button quiet"
              onClick={() => attempt(() => adopt(parseSetup(view.setup)))}
            >
              Back to its settings
            </button>
          )}
        </div>
      )}
      {pair && (
        <BesideFigure
          key={pair.id}
          pair={pair}
          controls={
            <button type="button" className="button quiet" onClick={() => closePair(pair.id)}>
              Close
            </button>
          }
        />
      )}
    </>
  );
}
