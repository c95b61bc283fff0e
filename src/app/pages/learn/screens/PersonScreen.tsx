import { useState } from 'react';
import { CrowdPicture } from '../person/CrowdPicture';
import { PersonPicture } from '../person/PersonPicture';
import { usePortrait } from '../person/usePortrait';
import type { Story } from '../story';

/** One person of the story's world in two scenarios, and the crowd around. */
export function PersonScreen({ story }: { readonly story: Story }) {
  const [nth, setNth] = useState(0);
  const { portrait, failure } = usePortrait(story.world, story.pair, nth);
  if (failure !== null)
    return (
      <p className="empty" role="alert">
        {failure}
      </p>
    );
  if (!portrait)
    return (
      <p className="empty" role="status">
        Simulating a small world…
      </p>
    );
  return (
    <>
      <PersonPicture portrait={portrait} another={() => setNth(nth + 1)} />
      <CrowdPicture kind={story.crowd} portrait={portrait} />
    </>
  );
}
