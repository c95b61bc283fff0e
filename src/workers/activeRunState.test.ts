import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstState, isAnswered, isOver, mustRest, nextState, sessionStateOf } from './activeRunState';
import type { ActiveRunInput, ActiveRunState } from './activeRunState';

const goals = ['run', 'pause', 'step{"taken":false}', 'step{"taken":true}'];

/** Every state there is, written out. */
const known = new Set([
  ...goals.flatMap((goal) => [
    `building ${goal} stop:false`,
    `building ${goal} stop:true`,
    `compiling ${goal}`,
    `training ${goal}`,
  ]),
  'paused compiling',
  'paused training',
  'done',
  'failed no memory',
  'dropped',
]);

function text(state: ActiveRunState): string {
  const { kind } = state;
  if (kind === 'paused') return `paused ${state.next}`;
  if (kind === 'failed') return `failed ${state.failure}`;
  if (!('goal' in state)) return kind;
  const { kind: goal, ...rest } = state.goal;
  const goalText = Object.keys(rest).length > 0 ? `${goal}${JSON.stringify(rest)}` : goal;
  return kind === 'building' ? `building ${goalText} stop:${state.stop}` : `${kind} ${goalText}`;
}

const command = fc.constantFrom('pause', 'resume', 'step', 'stop');
const input: fc.Arbitrary<ActiveRunInput> = fc.oneof(
  command.map((kind) => ({ kind })),
  fc.constantFrom<ActiveRunInput>(
    { kind: 'drop' },
    { kind: 'built' },
    { kind: 'evaluated' },
    { kind: 'ended' },
    { kind: 'failed', failure: 'no memory' },
  ),
  fc.boolean().map((evaluates) => ({ kind: 'stepped' as const, evaluates })),
  fc.boolean().map((begun) => ({ kind: 'rested' as const, begun })),
);

const after = (state: ActiveRunState, ...inputs: readonly ActiveRunInput[]): ActiveRunState =>
  inputs.reduce(nextState, state);

/** What pulls a run's events, as an active run does: one call is one turn of its loop. */
class Loop {
  state: ActiveRunState;
  private stopping = false;
  private left: number;
  private steps = 0;
  private evaluationOpen = false;

  constructor(
    startPaused: boolean,
    steps: number,
    private readonly every: number,
  ) {
    this.state = firstState(startPaused);
    this.left = steps;
  }

  give(kind: 'pause' | 'resume' | 'step' | 'stop'): void {
    if (kind === 'stop') this.stopping = true;
    this.state = nextState(this.state, { kind });
  }

  turn(): void {
    const take = (given: ActiveRunInput): void => {
      this.state = nextState(this.state, given);
    };
    if (isOver(this.state) || this.state.kind === 'paused') return;
    if (mustRest(this.state)) take({ kind: 'rested', begun: this.steps > 0 });
    else if (this.state.kind === 'building') take({ kind: 'built' });
    else if (this.evaluationOpen) {
      this.evaluationOpen = false;
      take({ kind: 'evaluated' });
    } else if (this.stopping || this.left === 0) take({ kind: 'ended' });
    else {
      this.left--;
      this.steps++;
      this.evaluationOpen = this.steps % this.every === 0;
      take({ kind: 'stepped', evaluates: this.evaluationOpen });
    }
  }
}

describe('the states of a run', () => {
  it('stay in the list, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(input, { maxLength: 40 }), (startPaused, inputs) => {
        let state = firstState(startPaused);
        for (const given of inputs) {
          const over = isOver(state);
          const next = nextState(state, given);
          expect(known).toContain(text(next));
          // What is over stays so; only its place can be given away.
          if (over && given.kind !== 'drop') expect(next).toBe(state);
          state = next;
        }
      }),
    );
  });

  it('every pause and step is answered within five turns of the loop when nothing else is asked', () => {
    const script = fc.array(fc.oneof(command, fc.constant('turn' as const)), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 4 }),
        script,
        fc.constantFrom('pause' as const, 'step' as const, 'stop' as const),
        (startPaused, steps, every, moves, last) => {
          const loop = new Loop(startPaused, steps, every);
          for (const move of moves) {
            if (move === 'turn') loop.turn();
            else loop.give(move);
          }
          loop.give(last);
          for (let turn = 0; turn < 5 && !isAnswered(last, loop.state); turn++) loop.turn();
          expect(isAnswered(last, loop.state)).toBe(true);
        },
      ),
    );
  });

  it('every awaited command is answered by the end of the run, whatever was asked meanwhile', () => {
    const script = fc.array(fc.oneof(command, fc.constant('turn' as const)), { maxLength: 40 });
    fc.assert(
      fc.property(fc.boolean(), script, (startPaused, moves) => {
        const loop = new Loop(startPaused, 10, 3);
        let waiting: ('pause' | 'step' | 'stop')[] = [];
        const answer = (): void => {
          waiting = waiting.filter((asked) => !isAnswered(asked, loop.state));
        };
        for (const move of moves) {
          if (move === 'turn') loop.turn();
          else {
            loop.give(move);
            if (move !== 'resume') waiting.push(move);
          }
          answer();
        }
        loop.give('resume');
        for (let turn = 0; turn < 40; turn++) {
          loop.turn();
          answer();
        }
        expect(sessionStateOf(loop.state)).toBe('done');
        expect(waiting).toEqual([]);
      }),
    );
  });

  it('rests only once the model stands, and goes on to where it was', () => {
    const waits = firstState(true);
    expect(mustRest(waits)).toBe(false);
    const built = after(waits, { kind: 'built' });
    expect(mustRest(built)).toBe(true);
    const rested = after(built, { kind: 'rested', begun: false });
    expect(sessionStateOf(rested)).toBe('paused');
    expect(sessionStateOf(after(rested, { kind: 'resume' }))).toBe('compiling');
    const later = after(built, { kind: 'resume' }, { kind: 'stepped', evaluates: false }, { kind: 'pause' });
    const restedLater = after(later, { kind: 'rested', begun: true });
    expect(sessionStateOf(after(restedLater, { kind: 'stop' }))).toBe('training');
  });

  it('a single step goes on through the evaluation that is due at it', () => {
    const asked = after(firstState(true), { kind: 'built' }, { kind: 'step' });
    expect(mustRest(after(asked, { kind: 'stepped', evaluates: false }))).toBe(true);
    const due = after(asked, { kind: 'stepped', evaluates: true });
    expect(mustRest(due)).toBe(false);
    expect(mustRest(after(due, { kind: 'evaluated' }))).toBe(true);
    // An evaluation that a pause had put off is not the step's.
    expect(mustRest(after(asked, { kind: 'evaluated' }))).toBe(false);
  });

  it('a pause that going on overtakes is answered, a stop that a pause overtakes is not yet', () => {
    const training = after(firstState(false), { kind: 'built' }, { kind: 'stepped', evaluates: false });
    const paused = after(training, { kind: 'pause' });
    expect(isAnswered('pause', paused)).toBe(false);
    expect(isAnswered('pause', after(paused, { kind: 'resume' }))).toBe(true);
    expect(isAnswered('stop', after(training, { kind: 'stop' }, { kind: 'pause' }))).toBe(false);
  });
});
