import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import type { Exercise } from './story';

type Verdict = 'open' | 'right' | 'wrong' | 'unread';

/** A number as people write it: a comma or a point, a percent sign or not. */
function numberOf(text: string): number | null {
  const plain = text.trim().replace('−', '-').replace(',', '.').replace(/\s*%$/, '');
  return /^-?\d*\.?\d+$/.test(plain) ? Number(plain) : null;
}

/** Whether an answer is right; null where it is none. */
export function judge(exercise: Exercise, given: string): boolean | null {
  if (exercise.kind === 'choice') return given === '' ? null : Number(given) === exercise.answer;
  const value = numberOf(given);
  return value === null ? null : Math.abs(value - exercise.answer) <= exercise.within + 1e-9;
}

const SAID: Readonly<Record<Exclude<Verdict, 'right'>, string>> = {
  open: '',
  wrong: 'Not that. Try again.',
  unread: 'An answer is a number, such as 0.4.',
};

function OneExercise({ exercise, at }: { readonly exercise: Exercise; readonly at: number }) {
  const [given, setGiven] = useState('');
  const [verdict, setVerdict] = useState<Verdict>('open');
  const id = useId();
  const answer = (event: FormEvent): void => {
    event.preventDefault();
    const right = judge(exercise, given);
    setVerdict(right === null ? 'unread' : right ? 'right' : 'wrong');
  };
  const change = (value: string): void => {
    setGiven(value);
    setVerdict('open');
  };
  return (
    <li data-testid={`exercise-${at}`} data-verdict={verdict}>
      <form onSubmit={answer} className="exercise">
        <fieldset>
          <legend>
            <span className="exercise-number">{at}.</span> {exercise.question}
          </legend>
          {exercise.kind === 'choice' ? (
            exercise.options.map((option, k) => (
              <label key={option}>
                <input
                  type="radio"
                  name={id}
                  value={k}
                  checked={given === String(k)}
                  onChange={() => change(String(k))}
                />
                {option}
              </label>
            ))
          ) : (
            <label>
              Answer{' '}
              <input
                type="text"
                inputMode="decimal"
                autoComplete="off"
                size={8}
                value={given}
                onChange={(event) => change(event.target.value)}
              />{' '}
              {exercise.unit}
            </label>
          )}
        </fieldset>
        <button type="submit" className="button" disabled={given === ''}>
          Check
        </button>
        <p role="status" className={`exercise-said ${verdict}`}>
          {verdict === 'right' ? `Right. ${exercise.why}` : SAID[verdict]}
        </p>
      </form>
    </li>
  );
}

/** Three exercises whose answers are checked here. */
export function Exercises({ exercises }: { readonly exercises: readonly Exercise[] }) {
  return (
    <section aria-labelledby="exercises-title" className="exercises">
      <h3 id="exercises-title">Exercises</h3>
      <ol>
        {exercises.map((exercise, k) => (
          <OneExercise key={exercise.question} exercise={exercise} at={k + 1} />
        ))}
      </ol>
    </section>
  );
}
