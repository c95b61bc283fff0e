import { useEffect } from 'react';
import { useFirstVisit } from '../../store/firstVisit';
import { useSetup } from '../../store/setup';
import { LessonPlan } from './LessonPlan';
import { StoryList } from './StoryList';
import { StoryView } from './StoryView';
import { storyOf } from './stories';
import './learn.css';

/** Stories: one before all papers, one for each. */
export function LearnPage() {
  const answer = useFirstVisit((state) => state.answer);
  useEffect(answer, [answer]);
  const story = useSetup((state) => state.learn.story);
  if (story === null) return <StoryList />;
  if (story === 'plan') return <LessonPlan />;
  return <StoryView key={story} story={storyOf(story)} />;
}
