import { lazy, Suspense, useEffect } from 'react';
import { Boundary } from '../../Boundary';
import { useLabActions } from '../../live/lab';
import { useLab } from '../../state/lab';
import { useShownRun } from '../../state/shown';
import { AucFigure } from './AucFigure';
import { Controls } from './Controls';
import { LossFigure } from './LossFigure';
import { RunHeading } from './RunHeading';
import { ScenarioTable } from './ScenarioTable';
import './lab.css';

const Inspect = lazy(() => import('./Inspect').then((module) => ({ default: module.Inspect })));

/** Left the controls, in the middle what happens, right what is inside. */
export function LabPage() {
  const lab = useLabActions();
  const dataset = useLab((state) => state.setup.dataset);
  const view = useShownRun();
  useEffect(() => void lab.preview(dataset), [lab, dataset]);
  return (
    <div className="lab">
      <h1 className="visually-hidden">Lab: train a model and watch every scenario</h1>
      <Controls />
      <div className="lab-middle">
        <RunHeading view={view} />
        <Boundary what="The curves">
          <AucFigure view={view} />
          <ScenarioTable view={view} />
          <LossFigure view={view} />
        </Boundary>
      </div>
      <aside className="lab-inspect" aria-label="Inspect">
        <Boundary what="The picture">
          <Suspense fallback={null}>
            <Inspect view={view} />
          </Suspense>
        </Boundary>
      </aside>
    </div>
  );
}
