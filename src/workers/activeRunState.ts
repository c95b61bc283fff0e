/** The states of a session's run, and how commands and the run's own events lead from one to the next. */
import type { SessionState } from './sessionState';

/** What was last asked of a run that is under way. */
type Goal =
  | { readonly kind: 'run' }
  | { readonly kind: 'pause' }
  /** On to the end of one step, its evaluation included, then rest. */
  | { readonly kind: 'step'; readonly taken: boolean };

export type ActiveRunState =
  /** Reads its data and builds its model. `stop`: to end as soon as it is built. */
  | { readonly kind: 'building'; readonly goal: Goal; readonly stop: boolean }
  /** Built; the first step compiles. */
  | { readonly kind: 'compiling'; readonly goal: Goal }
  | { readonly kind: 'training'; readonly goal: Goal }
  /** Rests between two events. `next`: where going on leads. */
  | { readonly kind: 'paused'; readonly next: 'compiling' | 'training' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: string }
  /** Gave its place to another run, or was reset. */
  | { readonly kind: 'dropped' };

export type ActiveRunInput =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'step' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'drop' }
  /** The model stands. */
  | { readonly kind: 'built' }
  /** `evaluates`: an evaluation is due at this step. */
  | { readonly kind: 'stepped'; readonly evaluates: boolean }
  | { readonly kind: 'evaluated' }
  /** Nothing is pulled from the run any more. `begun`: it has taken a step. */
  | { readonly kind: 'rested'; readonly begun: boolean }
  /** The graphics device is gone: the model is built anew. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly failure: string };

const run: Goal = { kind: 'run' };
const pause: Goal = { kind: 'pause' };

export function firstState(startPaused: boolean): ActiveRunState {
  return { kind: 'building', goal: startPaused ? pause : run, stop: false };
}

type UnderWay = Extract<ActiveRunState, { kind: 'building' | 'compiling' | 'training' | 'paused' }>;

export function isOver(state: ActiveRunState): state is Exclude<ActiveRunState, UnderWay> {
  return state.kind === 'done' || state.kind === 'failed' || state.kind === 'dropped';
}

/** Whether the loop that pulls the run's events must rest before the next one. */
export function mustRest(state: ActiveRunState): boolean {
  return (state.kind === 'compiling' || state.kind === 'training') && state.goal.kind === 'pause';
}

function towards(state: UnderWay, goal: Goal): ActiveRunState {
  return state.kind === 'paused' ? { kind: state.next, goal } : { ...state, goal };
}

/** The state after a command or an event; the same object where it changes nothing. */
export function nextState(state: ActiveRunState, input: ActiveRunInput): ActiveRunState {
  if (input.kind === 'drop') return state.kind === 'dropped' ? state : { kind: 'dropped' };
  if (isOver(state)) return state;
  switch (input.kind) {
    case 'pause':
      return state.kind === 'paused' ? state : { ...state, goal: pause };
    case 'resume':
      return towards(state, run);
    case 'step':
      return towards(state, { kind: 'step', taken: false });
    case 'stop':
      return state.kind === 'building' ? { ...state, goal: run, stop: true } : towards(state, run);
    case 'built':
      return state.kind === 'building' ? { kind: 'compiling', goal: state.goal } : state;
    case 'stepped': {
      if (state.kind !== 'compiling' && state.kind !== 'training') return state;
      const { goal } = state;
      if (goal.kind !== 'step') return { kind: 'training', goal };
      return { kind: 'training', goal: input.evaluates ? { kind: 'step', taken: true } : pause };
    }
    case 'evaluated':
      // An evaluation that a pause put off belongs to the step before.
      return state.kind === 'training' && state.goal.kind === 'step' && state.goal.taken
        ? { kind: 'training', goal: pause }
        : state;
    case 'rested':
      return mustRest(state) ? { kind: 'paused', next: input.begun ? 'training' : 'compiling' } : state;
    case 'lost':
      return { kind: 'building', goal: state.kind === 'paused' ? pause : state.goal, stop: false };
    case 'ended':
      return { kind: 'done' };
    case 'failed':
      return { kind: 'failed', failure: input.failure };
    default:
      return input satisfies never;
  }
}

/**
 * Whether whoever gave a command need wait no longer. A pause or a step that another command overtook is answered too:
 * nobody knows when the run will rest.
 */
export function isAnswered(command: 'pause' | 'step' | 'stop', state: ActiveRunState): boolean {
  if (isOver(state)) return true;
  if (command === 'stop') return false;
  return state.kind === 'paused' || state.goal.kind === 'run';
}

/** What the page is told. A dropped run is told of no more. */
export function sessionStateOf(state: ActiveRunState): SessionState {
  switch (state.kind) {
    case 'building':
      return 'compiling';
    case 'dropped':
      return 'ready';
    case 'compiling':
    case 'training':
    case 'paused':
    case 'done':
    case 'failed':
      return state.kind;
  }
}
