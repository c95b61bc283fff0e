import { formatCount } from '../../format';
import { interruptedRun } from '../../store/interruptedRun';
import { attempt } from '../../store/notices';
import { useCurrentRun, useRunActions } from '../../store/runActions';
import { useRuns } from '../../store/runs';
import { useSetup } from '../../store/setup';
import { isUnderWay } from '../../../workers/protocol';

/** Offers to go on with a kept run of the present set-up that was broken off. Nothing while a run is under way or shown. */
export function InterruptedRun() {
  const actions = useRunActions();
  const { id, state } = useCurrentRun();
  const list = useRuns((runs) => runs.list);
  const setup = useSetup((one) => one.setup);
  const shown = useSetup((one) => one.shownRun);
  const run = interruptedRun(list, setup, id);
  if (!run || shown !== null || isUnderWay(state)) return null;
  return (
    <div className="run-heading" data-testid="left-off" data-run={run.id}>
      <span className="muted" title={run.name}>
        “{run.name}” has this set-up and stopped at step {formatCount(run.step)} of{' '}
        {formatCount(run.setup.training.steps)}. Train begins a new run.
      </span>
      <span className="header-gap" />
      <button
        type="button"
        className="button"
        data-testid="go-on"
        onClick={() => attempt(() => actions.goOn(run.id))}
      >
        Go on from there
      </button>
    </div>
  );
}
