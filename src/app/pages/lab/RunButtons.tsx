import { useState } from 'react';
import { useRunActions, useCurrentRun } from '../../store/runActions';

/** Train, pause or resume, one step, stop, reset. A press shows at once, before the worker has answered. */
export function RunButtons() {
  const actions = useRunActions();
  const { state } = useCurrentRun();
  const [pressed, setPressed] = useState<string | null>(null);
  const running = state === 'training' || state === 'compiling';
  const paused = state === 'paused';

  const press = (name: string, act: () => Promise<void>) => () => {
    setPressed(name);
    void act().finally(() => setPressed(null));
  };
  return (
    <div className="run-buttons" role="group" aria-label="Training">
      <button
        type="button"
        className="button primary"
        data-testid="train"
        aria-busy={state === 'compiling'}
        onClick={press('train', () => actions.train())}
        disabled={pressed === 'train'}
      >
        {running || paused ? 'Restart' : 'Train'}
      </button>
      <button
        type="button"
        className="button"
        data-testid="pause"
        aria-pressed={paused}
        disabled={!running && !paused}
        onClick={press('pause', () => actions.pauseOrResume())}
      >
        {paused ? 'Resume' : pressed === 'pause' ? 'Pausing' : 'Pause'}
      </button>
      <button
        type="button"
        className="button"
        data-testid="step"
        disabled={running}
        onClick={press('step', () => actions.step())}
        title="One training step"
      >
        Step
      </button>
      <button
        type="button"
        className="button"
        data-testid="stop"
        disabled={!running && !paused}
        onClick={press('stop', () => actions.stop())}
        title="Ends the run with its best weights"
      >
        Stop
      </button>
      <button
        type="button"
        className="button"
        data-testid="reset"
        disabled={state === 'ready'}
        onClick={press('reset', () => actions.reset())}
        title="Forgets the present run; kept runs stay"
      >
        Reset
      </button>
    </div>
  );
}
