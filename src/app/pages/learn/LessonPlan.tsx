import { listOfStories } from '../../store/learnView';
import { LearnLink } from './LearnLink';
import { stories } from './stories';
import type { Exercise } from './story';

interface Part {
  readonly minutes: readonly [number, number];
  readonly what: string;
  readonly ask: string;
}

/** What is done when; the papers' story is any of the five. */
const PARTS: readonly Part[] = [
  {
    minutes: [0, 4],
    what: 'First story, screen 1: one person, two places. Press “Another person” until the room sees the pattern.',
    ask: 'Would you recommend the same in both places?',
  },
  {
    minutes: [4, 7],
    what: 'Screen 2: cut both arrows that start at the scenario.',
    ask: 'With both cut: how many models do we need?',
  },
  {
    minutes: [7, 14],
    what: 'Screen 3: AUC, ceiling, noise-free AUC, negative transfer, step by step.',
    ask: 'Why does the truth itself not reach 1?',
  },
  {
    minutes: [14, 19],
    what: 'Screen 4: the room predicts, then train both models.',
    ask: 'Whose scenario suffers? Vote by hand before pressing.',
  },
  {
    minutes: [19, 22],
    what: 'A paper’s story, screen 1: its cause, by one person.',
    ask: 'What would a model learn from this log?',
  },
  {
    minutes: [22, 26],
    what: 'Screen 2: press the paper’s arrow.',
    ask: 'What would have to be true for this to help?',
  },
  {
    minutes: [26, 32],
    what: 'Screen 3: one row through the network, step by step.',
    ask: 'Before each step: which number comes next, and is it large?',
  },
  {
    minutes: [32, 37],
    what: 'Screen 4: predict, train, then move the dose to 0.',
    ask: 'Should anything be left at dose 0?',
  },
  {
    minutes: [37, 44],
    what: 'Screen 5: what it does not do; the three exercises in pairs.',
    ask: 'Which claim would you still not believe, and what run would change that?',
  },
  { minutes: [44, 45], what: 'Open the Lab from the last screen; leave the address on the board.', ask: '' },
];

function answerOf(exercise: Exercise): string {
  return exercise.kind === 'choice'
    ? (exercise.options[exercise.answer] ?? '')
    : `${exercise.answer}${exercise.unit ? ` ${exercise.unit}` : ''}`;
}

/** A lesson on one sheet or two: minutes, questions, answers of all exercises. */
export function LessonPlan() {
  return (
    <article className="learn plan" data-testid="plan">
      <p className="plan-tools">
        <LearnLink to={listOfStories}>All stories</LearnLink>
        <button type="button" className="button primary" onClick={() => window.print()}>
          Print
        </button>
      </p>
      <h1>One model for many scenarios: a lesson of 45 minutes</h1>
      <p>
        You need a screen and a browser; nothing is installed, and nothing leaves the machine. Open the page
        once before the lesson; after some seconds all of it works without a network too. “Present” makes type
        large; arrow keys turn the screens.
      </p>
      <table className="table">
        <caption className="visually-hidden">What is done when</caption>
        <thead>
          <tr>
            <th scope="col">minute</th>
            <th scope="col">on the screen</th>
            <th scope="col">ask the room</th>
          </tr>
        </thead>
        <tbody>
          {PARTS.map(({ minutes: [from, to], what, ask }) => (
            <tr key={from}>
              <th scope="row">
                {from}–{to}
              </th>
              <td>{what}</td>
              <td>{ask}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Answers to the exercises</h2>
      {stories.map(({ id, title, exercises }) => (
        <section key={id} className="plan-answers">
          <h3>{title}</h3>
          <ol>
            {exercises.map((exercise) => (
              <li key={exercise.question}>
                {exercise.question} <strong>{answerOf(exercise)}</strong> {exercise.why}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </article>
  );
}
