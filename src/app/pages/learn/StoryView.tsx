import { useCallback, useEffect, useRef } from 'react';
import { ErrorBoundary } from '../../ErrorBoundary';
import { listOfStories, SCREENS } from '../../store/learnView';
import { useSetup } from '../../store/setup';
import { LearnLink } from './LearnLink';
import { Prose } from './Prose';
import { GraphScreen } from './screens/GraphScreen';
import { InsideScreen } from './screens/InsideScreen';
import { LimitsScreen } from './screens/LimitsScreen';
import { PersonScreen } from './screens/PersonScreen';
import { PredictScreen } from './screens/PredictScreen';
import type { Story } from './story';
import { usePresent } from './usePresent';

const PICTURES = [PersonScreen, GraphScreen, InsideScreen, PredictScreen, LimitsScreen] as const;

/** Controls that use the arrow keys themselves. */
const OWN_ARROWS =
  'input, select, textarea, [role="slider"], [role="radiogroup"], [role="tablist"], [popover]';

/** Turns the screens by the arrow keys, and by those that presenters' remote controls send. */
function useArrows(screen: number, turn: (screen: number) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.target instanceof Element && event.target.closest(OWN_ARROWS)) return;
      const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key] ?? 0;
      const next = screen + by;
      if (by === 0 || next < 1 || next > SCREENS) return;
      event.preventDefault();
      turn(next);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [screen, turn]);
}

/** One screen of a story: words left, its picture right. */
export function StoryView({ story }: { readonly story: Story }) {
  const { screen, present } = useSetup((state) => state.learn);
  const alone = useSetup((state) => state.embed !== null);
  const turnTo = useSetup((state) => state.turnTo);
  const heading = useRef<HTMLHeadingElement>(null);
  const turned = useRef(false);
  const turn = useCallback(
    (next: number) => {
      turned.current = true;
      turnTo({ screen: next });
    },
    [turnTo],
  );
  useArrows(screen, turn);
  usePresent(present, () => turnTo({ present: false }));
  useEffect(() => {
    if (turned.current) heading.current?.focus();
    heading.current?.closest('.page')?.scrollTo({ top: 0 });
  }, [screen]);
  const { title, text } = story.screens[screen - 1]!;
  const Picture = PICTURES[screen - 1]!;
  return (
    <article
      className={`learn story ${present ? 'presenting' : ''}`}
      data-testid="screen"
      data-story={story.id}
      data-screen={screen}
    >
      {!alone && (
        <header className="story-head">
          <LearnLink to={listOfStories} testId="all-stories" className="story-back">
            All stories
          </LearnLink>
          <h1>{story.title}</h1>
          <nav className="story-steps" aria-label="Screens of this story">
            {story.screens.map((one, k) => (
              <LearnLink
                key={one.title}
                to={{ story: story.id, screen: k + 1, present }}
                current={k + 1 === screen}
                label={`Screen ${k + 1}: ${one.title}`}
              >
                {k + 1}
              </LearnLink>
            ))}
          </nav>
          <button
            type="button"
            className="button quiet"
            data-testid="present"
            aria-pressed={present}
            title={present ? 'Back to the usual size (Esc)' : 'Large type on dark, for a room'}
            onClick={() => turnTo({ present: !present })}
          >
            Present
          </button>
        </header>
      )}
      <div className="story-body">
        <div className="story-text">
          <h2 ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {text.map((one) => (
            <p key={one}>
              <Prose text={one} />
            </p>
          ))}
          {!alone && (
            <div className="story-turn">
              <button
                type="button"
                className="button"
                data-testid="previous-screen"
                disabled={screen === 1}
                onClick={() => turn(screen - 1)}
              >
                ← Back
              </button>
              <span className="muted">
                {screen} of {SCREENS}
              </span>
              <button
                type="button"
                className="button primary"
                data-testid="next-screen"
                disabled={screen === SCREENS}
                onClick={() => turn(screen + 1)}
              >
                Next →
              </button>
            </div>
          )}
        </div>
        <div className="story-picture">
          <ErrorBoundary what="The picture">
            <Picture story={story} />
          </ErrorBoundary>
        </div>
      </div>
    </article>
  );
}
