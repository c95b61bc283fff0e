import type { ProbeSpec } from '../../../models/definition';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { ProbeFigure } from './ProbeFigure';

interface Props {
  readonly tab: string;
  readonly view: RunView;
  readonly probes: readonly ProbeSpec[];
  /** Whether the tab has no picture of its own. */
  readonly alone: boolean;
}

/** The generic figure of every probe that no picture shows. */
export function ProbeFigures({ tab, view, probes, alone }: Props) {
  // What a search or a refresh has yet to bring is named in one sentence, not in an empty figure each.
  const empty = probes.filter(
    (spec) => spec.source === 'procedure' && framesOf(view, spec.name).length === 0,
  );
  const awaited = alone ? empty.slice(1) : empty;
  return (
    <>
      {probes
        .filter((spec) => !awaited.includes(spec))
        .map((spec, k) => (
          <ProbeFigure
            key={spec.name}
            // The tab's own name for its first probe, so that specs find it.
            name={alone && k === 0 ? tab : `${tab}-${spec.name}`}
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
