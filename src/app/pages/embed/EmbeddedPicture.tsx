import { Suspense } from 'react';
import { shortened } from '../../../data/shortened';
import { findModel } from '../../../models/registry';
import { AucFigure } from '../../pictures/curves/AucFigure';
import { LossFigure } from '../../pictures/curves/LossFigure';
import { pictures } from '../../pictures';
import { tabContents } from '../../pictures/contents';
import type { TabContents } from '../../pictures/contents';
import { ProbeFigure } from '../../pictures/probe/ProbeFigure';
import { TabPictures } from '../../pictures/TabPictures';
import { fills, tabIds } from '../../pictures/tabs';
import { useThrottledValue } from '../../hooks/useThrottledValue';
import { attempt } from '../../store/notices';
import { useRunActions } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { useShownRun } from '../../store/shownRun';

/** A tab's pictures, one picture, or one probe, by its name; null where this run has none so called. */
function drawn(name: string, view: RunView, contents: readonly TabContents[]) {
  if (name === 'auc') return <AucFigure view={view} />;
  if (name === 'loss') return <LossFigure view={view} />;
  const own = contents.flatMap((one) => one.pictures).find(({ id }) => id === name);
  if (own) return own.draw(view);
  const tab = contents.find((one) => one.tab === name);
  if (tab) return <TabPictures contents={tab} view={view} />;
  const probe = contents.flatMap((one) => one.probes).find((spec) => spec.name === name);
  return probe ? <ProbeFigure name={name} view={view} spec={probe} /> : null;
}

/** One picture of the run without the page around it, for slides and other pages; it trains here when asked. */
export function EmbeddedPicture({ name }: { readonly name: string }) {
  const actions = useRunActions();
  const shown = useShownRun();
  const chosen = useSetup((state) => state.setup.model);
  const view = useThrottledValue(shown, shown.current && shown.state === 'training', 350);
  const untouched = view.current && view.id === null;
  const model = findModel(untouched ? chosen : view.setup.model);
  const contents = tabContents(pictures, { probes: untouched ? [] : view.probeSpecs, model });
  const picture = drawn(name, view, contents);
  const comes =
    pictures.some(({ id }) => id === name) || tabIds.some((tab) => tab === name && fills(model, tab));
  return (
    <div className="embedded" data-testid="embedded" data-name={name}>
      <h1 className="visually-hidden">
        {name} of {model.title}
      </h1>
      <Suspense fallback={null}>{picture}</Suspense>
      {untouched && (picture === null || name === 'auc' || name === 'loss') && (
        <p className="empty">
          {picture === null && !comes
            ? `${model.title} has no picture “${shortened(name)}”; a run may bring it.`
            : `${model.title} on ${view.datasetTitle}.`}{' '}
          <button
            type="button"
            className="button primary"
            data-testid="train"
            onClick={() => attempt(() => actions.train())}
          >
            Train
          </button>
        </p>
      )}
      {!untouched && picture === null && (
        <p className="empty">
          {view.probeSpecs.length === 0
            ? 'Building the model…'
            : `This run has no picture “${shortened(name)}”; it has auc, loss${contents.map(({ tab }) => `, ${tab}`).join('')}.`}
        </p>
      )}
    </div>
  );
}
