import { findModel } from '../../../models/registry';
import { listOfStories, SCREENS } from '../../store/learnView';
import { LearnLink } from './LearnLink';
import { stories } from './stories';

/** What can be read, the story before all papers first. */
export function StoryList() {
  return (
    <div className="learn learn-list">
      <h1>Learn</h1>
      <p className="learn-lead">
        Six stories of {SCREENS} screens, five minutes each. Words on the left, a live picture on the right:
        all data in them is simulated, so that the truth is known. The first needs no paper and explains the
        words that the others use.
      </p>
      <ol className="story-tiles">
        {stories.map(({ id, title, summary, paper }, at) => {
          const reference = paper === null ? null : findModel(paper).paper;
          return (
            <li key={id}>
              <LearnLink to={{ ...listOfStories, story: id }} testId={`story-${id}`} className="story-tile">
                <span className="story-number" aria-hidden="true">
                  {at}
                </span>
                <span className="story-title">{title}</span>
                <span className="story-summary">{summary}</span>
                <span className="muted">
                  {reference ? `${reference.venue.replace(/\s*\d{4}$/, '')} ${reference.year}` : 'Start here'}
                </span>
              </LearnLink>
            </li>
          );
        })}
      </ol>
      <p>
        For a lesson:{' '}
        <LearnLink to={{ ...listOfStories, story: 'plan' }} testId="open-plan">
          a plan of 45 minutes to print
        </LearnLink>
        , and “Present” in every story for a room (large type on dark, arrow keys turn the screens).
      </p>
    </div>
  );
}
