/** A made-up study for tests: figures that no model gave, the same every time. */
import type { Claim } from '../claims';
import type { Figures, StoredStudy, StudyCell, StudyWorld } from '../evidence/format';

const DOSES = [0, 0.3, 0.6];
const SEEDS = [1, 2, 3, 4, 5];
const SHARES = [0.7, 0.29, 0.01];

function figures(overall: number): Figures {
  const scenarios = SHARES.map((_, s) => overall - 0.01 * s);
  return { overall, mean: scenarios.reduce((sum, value, s) => sum + value * SHARES[s]!, 0), scenarios };
}

/** Noise of a seed; over the seeds it comes to nothing. */
const noise = (seed: number, salt: number): number =>
  0.001 * [-2, 1, 0, -1, 2][(seed + salt) % SEEDS.length]!;

function world(dose: number): StudyWorld {
  return {
    id: dose === 0 ? 'promotion-6' : `promotion-6-intervention${dose}`,
    title: `Promotion, ${dose} (simulated)`,
    base: 'promotion-6',
    dose,
    knob: 'intervention',
    simulated: true,
    fingerprint: 'f'.repeat(64),
    scenarios: SHARES.map((share, s) => ({ id: `s${s + 1}`, name: `Scenario ${s + 1}`, share })),
    ceilings: figures(0.8),
  };
}

/** `full` gains 0.02 times the dose over `plain`; `idle` gains nothing at any. */
export function madeUpStudy(paper = 'sarnet'): StoredStudy {
  const variants = ['full', 'plain', 'idle'].map((name) => ({
    id: `${paper}:${name}`,
    name,
    model: paper,
    preset: 'tiny' as const,
    settings: {},
    training: {},
  }));
  const gains: Readonly<Record<string, number>> = { full: 0.02, plain: 0, idle: 0 };
  const cells = DOSES.flatMap((dose) =>
    variants.flatMap(({ id, name }, v) =>
      SEEDS.map((seed): StudyCell => {
        const auc = 0.72 + (gains[name] ?? 0) * dose + noise(seed, v) * (name === 'idle' ? 0.2 : 1);
        return {
          world: world(dose).id,
          variant: id,
          seed,
          figures: { noiseFreeAuc: figures(auc), auc: figures(auc + noise(seed, 7)) },
          bestStep: 100,
          steps: 200,
          seconds: 3,
          parameters: 1000,
        };
      }),
    ),
  );
  return {
    format: 'scenarium-study/1',
    id: paper,
    title: 'Made up (simulated)',
    made: { date: '2026-01-01T00:00:00Z', backend: 'wasm', threads: 1, version: '0.1.0' },
    worlds: DOSES.map(world),
    variants,
    cells,
  };
}

export function madeUpClaim(id: string, test: Partial<Claim['test']> = {}): Claim {
  return {
    id,
    paper: 'sarnet',
    place: 'Table 5',
    sentence: `Claim ${id}.`,
    world: 'promotion-6',
    twin: null,
    test: {
      metric: 'noiseFreeAuc',
      of: 'overall',
      variant: 'sarnet:full',
      against: 'sarnet:plain',
      direction: 'higher',
      ...test,
    },
  };
}
