import { setupToParams } from '../../../../training/setup';
import { Exercises } from '../Exercises';
import type { Story } from '../story';
import { dosesOf, storySetup } from '../storySetup';
import { Verdicts } from '../Verdicts';

/** What became of the claims, three exercises, and the way on. */
export function LimitsScreen({ story }: { readonly story: Story }) {
  const setup = storySetup(story, dosesOf(story).own);
  return (
    <>
      {story.paper !== null && <Verdicts paper={story.paper} claims={story.claims} />}
      <Exercises exercises={story.exercises} />
      <p>
        <a
          className="button primary story-lab"
          data-testid="open-lab"
          href={`?page=lab&${setupToParams(setup, 'tiny').toString()}${story.paper === null ? '' : '&tab=graph'}`}
        >
          Open in the Lab
        </a>{' '}
        <span className="muted">
          The story’s small run, ready to train
          {story.paper !== null && '; press an arrow of its graph, then Train beside'}. Every switch is in its
          sidebar.
        </span>
      </p>
    </>
  );
}
