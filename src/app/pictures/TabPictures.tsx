import { Fragment } from 'react';
import type { RunView } from '../store/runView';
import type { TabContents } from './contents';
import { ProbeFigures } from './probe/ProbeFigures';
import './pictures.css';

/** Everything that a run fills a tab with; it stands in a `.tab-panel`. */
export function TabPictures({ contents, view }: { readonly contents: TabContents; readonly view: RunView }) {
  return (
    <>
      {contents.pictures.map(({ id, draw }) => (
        <Fragment key={id}>{draw(view)}</Fragment>
      ))}
      <ProbeFigures contents={contents} view={view} />
    </>
  );
}
