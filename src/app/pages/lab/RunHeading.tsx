import { findModel } from '../../../models/registry';
import { parseSetup } from '../../../training/parseSetup';
import { useRunActions } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { attempt } from '../../store/notices';
import { useSetup } from '../../store/setup';

/** What is on show: a kept run, and the way back to the current one. Nothing while the current run is shown. */
export function RunHeading({ view }: { readonly view: RunView }) {
  const actions = useRunActions();
  const { set, adopt } = useSetup();
  if (view.current) return null;
  const resumable = view.status === 'interrupted' || view.status === 'paused';
  return (
    <div className="run-heading">
      <strong>{view.name}</strong>
      <span className="muted">
        {findModel(view.setup.model).title} · {view.datasetTitle} · seed {view.setup.seed}
      </span>
      {view.failure && <span className="problem">{view.failure}</span>}
      <span className="header-gap" />
      {resumable && (
        <button type="button" className="button" onClick={() => attempt(() => actions.goOn(view.id ?? ''))}>
          Go on training
        </button>
      )}
      <button
        type="button"
        className="button quiet"
        onClick={() => attempt(() => adopt(parseSetup(view.setup)))}
      >
        Use its settings
      </button>
      <button type="button" className="button quiet" onClick={() => set({ shownRun: null })}>
        Close
      </button>
    </div>
  );
}
