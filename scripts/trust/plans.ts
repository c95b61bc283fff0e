/** Plans of lives: drawn at random, or made so that a certain fault of storage must show. */
import { ABLATED, ACTS } from './life';
import type { Act, Plan } from './life';

const MODELS = [ABLATED.model, 'mmoe', 'shared-bottom', 'ple'] as const;
/** Steps of a run that ends within its life, and of one that does not. */
const SHORT = 30;
const LONG = 100_000;

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(of: readonly T[], draw: () => number): T[] {
  return of
    .map((one) => ({ one, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** What a kept run must be there for. */
const needsRun: readonly Act[] = ['rename', 'ablate'];

/**
 * Plans without end: each act comes before any comes twice, the rest is drawn.
 *
 * @param longest most milliseconds from what was accepted to the kill
 */
export function* drawnPlans(seed: number, longest: number): Generator<Plan, never> {
  const draw = draws(seed);
  let ahead: Act[] = [];
  for (let life = 0; ; life++) {
    if (ahead.length === 0) ahead = shuffled(ACTS, draw);
    const act = ahead.pop()!;
    yield {
      // Runs with switches among the first, so that there is something to ablate.
      model: life === 0 ? ABLATED.model : MODELS[Math.floor(draw() * MODELS.length)]!,
      seed: Math.floor(draw() * 1000),
      steps: act === 'finish' ? SHORT : LONG,
      evaluateEvery: draw() < 0.5 ? 10 : 100,
      goOn: draw() < 0.3,
      acts: life === 0 && needsRun.includes(act) ? ['train', act] : [act],
      // How long an act takes must not decide when its browser dies.
      during: draw() < 0.3,
      lives: longest * draw() ** 2,
      pause: 500 * draw(),
    };
  }
}

const made = (given: Partial<Plan>): Plan => ({
  model: 'mmoe',
  seed: 1,
  steps: SHORT,
  evaluateEvery: 10,
  goOn: false,
  acts: [],
  during: false,
  lives: 0,
  pause: 100,
  ...given,
});

/** Looks only; what the lives before left must be there. */
export const look = made({});
const lookAndGoOn = made({ goOn: true });

/** What is done before a kill so that a kind of fault must show in the life after it. */
export const scenes = {
  ablates: [made({ model: ABLATED.model, acts: ['finish', 'ablate'] }), look],
  pauses: [made({ acts: ['pause'], steps: LONG }), lookAndGoOn],
  accepted: [made({ acts: ['train'], steps: LONG, evaluateEvery: 100 }), look],
  runsOn: [made({ acts: ['runOn'], steps: LONG, evaluateEvery: 100 }), look],
  two: [made({ acts: ['finish', 'finish'] }), look],
} as const satisfies Readonly<Record<string, readonly Plan[]>>;
export type Scene = keyof typeof scenes;

/** Every scene in one profile, each looked at by the next: as many kills as a test of every change may take. */
export const quickPlans: readonly Plan[] = [
  made({ acts: ['runOn'], steps: LONG, evaluateEvery: 100 }),
  made({ model: ABLATED.model, acts: ['finish', 'rename', 'ablate'] }),
  made({ acts: ['pause'], steps: LONG }),
  made({ goOn: true, acts: ['stop'], steps: LONG, lives: 50 }),
  look,
];
