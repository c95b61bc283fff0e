/** Draws every picture of a run without a page: whatever a picture throws comes out. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { AucFigure } from '../../../src/app/pictures/curves/AucFigure';
import { LossFigure } from '../../../src/app/pictures/curves/LossFigure';
import { pictures } from '../../../src/app/pictures';
import { tabContents } from '../../../src/app/pictures/contents';
import { TabPictures } from '../../../src/app/pictures/TabPictures';
import { RunActions, RunActionsProvider } from '../../../src/app/store/runActions';
import { viewOfRecord } from '../../../src/app/store/runView';
import { findModel } from '../../../src/models/registry';
import type { WorkerClient } from '../../../src/workers/client';
import type { RunRecord } from '../../../src/training/runRecord';

/** Pictures ask their client for more only once they stand on a page. */
const client: Pick<WorkerClient, 'onTick'> = { onTick: () => () => undefined };
const actions = new RunActions(client as WorkerClient);

/** @returns the characters of what was drawn. @throws what a picture throws */
export function drawRun(record: RunRecord): number {
  const view = viewOfRecord(record);
  const contents = tabContents(pictures, { probes: view.probeSpecs, model: findModel(record.setup.model) });
  const drawn = [
    createElement(AucFigure, { view }),
    createElement(LossFigure, { view }),
    ...contents.map((one) => createElement(TabPictures, { contents: one, view })),
  ];
  return drawn.reduce(
    (sum, element) =>
      sum + renderToStaticMarkup(createElement(RunActionsProvider, { value: actions }, element)).length,
    0,
  );
}
