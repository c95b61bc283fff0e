import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import type { TabContents } from '../contents';
import { ProbeFigure } from './ProbeFigure';

/** Hook name of a tab's generic figure: the tab's own name for its first where no picture stands before it. */
export function probeFigureName({ tab, pictures, probes }: TabContents, index: number): string {
  return index === 0 && pictures.length === 0 ? tab : `${tab}-${probes[index]?.name ?? ''}`;
}

/** The generic figure of every probe that no picture of the tab shows. */
export function ProbeFigures({ contents, view }: { readonly contents: TabContents; readonly view: RunView }) {
  const { probes, pictures } = contents;
  // What a search or a refresh has yet to bring is named in one sentence, not in an empty figure each.
  const empty = probes.filter(
    (spec) => spec.source === 'procedure' && framesOf(view, spec.name).length === 0,
  );
  const awaited = pictures.length === 0 ? empty.slice(1) : empty;
  const drawn = probes.filter((spec) => !awaited.includes(spec));
  return (
    <>
      {drawn.map((spec) => (
        <ProbeFigure
          key={spec.name}
          name={probeFigureName(contents, probes.indexOf(spec))}
          view={view}
          spec={spec}
        />
      ))}
      {awaited.length > 0 && (
        <p className="muted tab-awaited" data-testid="awaited">
          With this model’s next search or refresh: {awaited.map(({ title }) => title).join('; ')}.
        </p>
      )}
    </>
  );
}
