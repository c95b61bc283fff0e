import { useContext } from 'react';
import type { ReactNode } from 'react';
import { StageContext } from '../figure/stage';
import { useTurn } from '../hooks/useTurn';
import type { RunView } from '../store/runView';
import type { TabContents } from './contents';
import { ProbeFigures } from './probe/ProbeFigures';
import './pictures.css';

/** A picture of a stage that is drawn when its turn has come, so that a tab which opens holds nobody up. */
function InTurn({ children }: { readonly children: ReactNode }) {
  const come = useTurn();
  const alone = useContext(StageContext) === null;
  return come || alone ? children : null;
}

/** Everything that a run fills a tab with; it stands in a `.tab-panel`. */
export function TabPictures({ contents, view }: { readonly contents: TabContents; readonly view: RunView }) {
  return (
    <>
      {contents.pictures.map(({ id, draw }) => (
        <InTurn key={id}>{draw(view)}</InTurn>
      ))}
      <InTurn>
        <ProbeFigures contents={contents} view={view} />
      </InTurn>
    </>
  );
}
