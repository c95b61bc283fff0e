import { addressOf } from '../../store/address';
import { useFirstVisit } from '../../store/firstVisit';
import { useRuns } from '../../store/runs';
import { useSetup } from '../../store/setup';

const FIRST = { story: 'scenarios', screen: 1, present: false } as const;

/** One quiet line for somebody who is here for the first time: nothing was trained yet, and no story read. */
export function StoryOffer() {
  const { offers, answer } = useFirstVisit();
  const list = useRuns((runs) => runs.list);
  const { setup, preset, go, turnTo } = useSetup();
  if (!offers || list === null || list.length > 0) return null;
  return (
    <div className="run-heading story-offer" data-testid="story-offer">
      <span className="muted">New here?</span>
      <a
        href={addressOf({ page: 'learn', setup, preset, tab: null, learn: FIRST })}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          turnTo(FIRST);
          go('learn');
        }}
      >
        A story in five minutes
      </a>
      <span className="header-gap" />
      <button
        type="button"
        className="tool"
        aria-label="No story, thank you"
        title="Put away"
        onClick={answer}
      >
        <span aria-hidden="true">×</span>
      </button>
    </div>
  );
}
