import { findModel } from '../../../models/registry';
import { useLabActions } from '../../live/lab';
import type { RunView } from '../../live/runView';
import { report } from '../../state/notices';
import { useLab } from '../../state/lab';

/** What is on show: a kept run, and the way back to the live one. Nothing while the live run is shown. */
export function RunHeading({ view }: { readonly view: RunView }) {
  const lab = useLabActions();
  const { set, adopt } = useLab();
  if (view.live) return null;
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
        <button
          type="button"
          className="button"
          onClick={() =>
            void lab.client.runs
              .get(view.id ?? '')
              .then((record) => (record ? lab.continueRun(record) : undefined))
              .catch(report)
          }
        >
          Go on training
        </button>
      )}
      <button type="button" className="button quiet" onClick={() => adopt(view.setup)}>
        Use its settings
      </button>
      <button type="button" className="button quiet" onClick={() => set({ shownRun: null })}>
        Close
      </button>
    </div>
  );
}
