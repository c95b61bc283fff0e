import { memo, Suspense, useEffect } from 'react';
import { ErrorBoundary } from '../../ErrorBoundary';
import { lazyPart } from '../../lazyPart';
import { useRunActions } from '../../store/runActions';
import { useThrottledValue } from '../../hooks/useThrottledValue';
import { useSetup } from '../../store/setup';
import { useShownRun } from '../../store/shownRun';
import { sameBut } from '../../store/runView';
import { useUnchanged } from '../../hooks/useUnchanged';
import { AucFigure } from '../../pictures/curves/AucFigure';
import { BesideStrip } from '../../beside/BesideStrip';
import { Controls } from './Controls';
import { Divider, useInspectWidth } from './Divider';
import { InterruptedRun } from './InterruptedRun';
import { LossFigure } from '../../pictures/curves/LossFigure';
import { RunHeading } from './RunHeading';
import { ScenarioTable } from './ScenarioTable';
import { StoryOffer } from './StoryOffer';
import './lab.css';

const Inspect = memo(lazyPart(() => import('./Inspect').then(({ Inspect }) => Inspect)));
// They draw nothing of these parts, of which the step is new five times a second.
const sameAucs = sameBut('step', 'losses', 'frames');
const sameLosses = sameBut('step', 'evaluations', 'latest', 'frames');
const Auc = memo(AucFigure);
const Table = memo(ScenarioTable);
const Loss = memo(LossFigure);
const Settings = memo(Controls);
const Offer = memo(StoryOffer);
const Interrupted = memo(InterruptedRun);

/** Left the controls, in the middle what happens, right what is inside. */
export function LabPage() {
  const actions = useRunActions();
  const dataset = useSetup((state) => state.setup.dataset);
  const view = useShownRun();
  const evaluated = useUnchanged(view, sameAucs);
  const told = useUnchanged(view, sameLosses);
  // Loss and pictures follow a little slower, each in a task of its own: one redraw of all would block the page.
  const training = view.current && view.state === 'training';
  const lossView = useThrottledValue(told, training, 450);
  const pictureView = useThrottledValue(view, training, 350);
  const inspect = useInspectWidth();
  useEffect(() => void actions.preview(dataset), [actions, dataset]);
  return (
    <div className="lab" style={inspect.style}>
      <h1 className="visually-hidden">Lab: train a model and watch every scenario</h1>
      <a className="skip" href="#lab-run">
        Skip the settings
      </a>
      <a className="skip" href="#lab-inspect">
        Skip to the pictures
      </a>
      <Settings />
      <div className="lab-middle" id="lab-run" tabIndex={-1}>
        <Offer />
        <Interrupted />
        <RunHeading view={view} />
        <BesideStrip view={view} />
        <ErrorBoundary what="The curves">
          <Auc view={evaluated} />
          <Table view={evaluated} />
          <Loss view={lossView} />
        </ErrorBoundary>
      </div>
      <aside className="lab-inspect" id="lab-inspect" tabIndex={-1} aria-label="Inspect">
        <Divider width={inspect.width} onChoose={inspect.choose} />
        <ErrorBoundary what="The picture">
          <Suspense fallback={null}>
            <Inspect view={pictureView} />
          </Suspense>
        </ErrorBoundary>
      </aside>
    </div>
  );
}
