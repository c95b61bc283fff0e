import { memo, Suspense, useEffect } from 'react';
import { ErrorBoundary } from '../../ErrorBoundary';
import { lazyPart } from '../../lazyPart';
import { useRunActions } from '../../store/runActions';
import { useThrottledValue } from '../../hooks/useThrottledValue';
import { useSetup } from '../../store/setup';
import { useShownRun } from '../../store/shownRun';
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
const Loss = memo(LossFigure);

/** Left the controls, in the middle what happens, right what is inside. */
export function LabPage() {
  const actions = useRunActions();
  const dataset = useSetup((state) => state.setup.dataset);
  const view = useShownRun();
  // Loss and pictures follow a little slower, each in a task of its own: one redraw of all would block the page.
  const training = view.current && view.state === 'training';
  const lossView = useThrottledValue(view, training, 450);
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
      <Controls />
      <div className="lab-middle" id="lab-run" tabIndex={-1}>
        <StoryOffer />
        <InterruptedRun />
        <RunHeading view={view} />
        <BesideStrip view={view} />
        <ErrorBoundary what="The curves">
          <AucFigure view={view} />
          <ScenarioTable view={view} />
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
