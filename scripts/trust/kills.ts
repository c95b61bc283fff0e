/** Kills a real Chromium at random moments and looks for what it had accepted; with planted faults, to prove the harness. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTS, draws, live } from './life';
import { plantedFaults } from './planted';
import { serveSite } from './server';
import { Witness } from './witness';
import type { Act } from './life';
import type { TrustPart } from './part';
import type { PlantedFault } from './planted';

/** Kills in full, and of the quick part in each of its two lanes. */
const KILLS = 1_000;
const QUICK_KILLS = 12;
const QUICK_MS = 20_000;
/** Longest life after its check. */
const LIFE_MS = 7_000;
const QUICK_LIFE_MS = 2_000;
/** How long a list may take to be read on a busy machine, before what is not in it is lost. */
const SETTLE_MS = 15_000;
/** With a planted fault something is lost in the end, and little is to be had by patience. */
const SETTLE_OF_A_FAULT_MS = 5_000;
/** A profile that has seen so many lives gives its place to a fresh one: a long list only makes lives slower. */
const LIVES_OF_A_PROFILE = 25;
/** A planted fault is caught within so many lives, or not at all. */
const LIVES_OF_A_FAULT = 14;
const LANES = 2;

interface Count {
  kills: number;
  runs: number;
  items: number;
  readonly worst: { steps: number; milliseconds: number };
}

const inFolder = async <T>(work: (profile: string) => Promise<T>): Promise<T> => {
  const profile = await mkdtemp(join(tmpdir(), 'trust-'));
  try {
    return await work(profile);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
};

/** @param draw numbers in [0, 1) */
function shuffled<T>(of: readonly T[], draw: () => number): T[] {
  return of
    .map((one) => ({ one, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** Lives one after the other in one profile until something is missing. */
async function lives(
  address: string,
  many: number,
  options: {
    readonly seed: number;
    readonly longest: number;
    readonly settle: number;
    readonly until: number;
    readonly count: Count;
  },
): Promise<readonly string[]> {
  const { seed, longest, settle, until, count } = options;
  return inFolder(async (profile) => {
    const witness = new Witness();
    const draw = draws(seed);
    // Each act comes before any comes twice.
    let ahead: Act[] = [];
    for (let one = 0; one < many && performance.now() < until; one++) {
      if (ahead.length === 0) ahead = shuffled(ACTS, draw);
      const act = ahead.pop()!;
      const goOn = draw() < 0.3;
      const lost = await live({ profile, address, witness, draw, longest, settle, act, goOn });
      if (lost.length > 0)
        return lost.map(
          (sentence) =>
            `${sentence} (lives from seed ${seed}, number ${one + 1}; told before: ${[...witness.alerts].join(' ') || 'nothing'})`,
        );
      count.kills++;
      if (witness.worst.steps > count.worst.steps) Object.assign(count.worst, witness.worst);
    }
    count.runs += witness.runs.size;
    count.items += witness.queue.total;
    return [];
  });
}

const emptyCount = (): Count => ({ kills: 0, runs: 0, items: 0, worst: { steps: 0, milliseconds: 0 } });

/** Null where the fault was caught, else a sentence. */
async function caught({ name, source }: PlantedFault, seed: number): Promise<string | null> {
  const site = await serveSite(source);
  try {
    const options = {
      seed,
      longest: 2_500,
      settle: SETTLE_OF_A_FAULT_MS,
      until: Infinity,
      count: emptyCount(),
    };
    const lost = await lives(site.address, LIVES_OF_A_FAULT, options);
    return lost.length > 0 ? null : `The harness did not catch a planted fault: ${name}.`;
  } finally {
    site.close();
  }
}

export const run: TrustPart = async ({ quick, seed, count: asked }) => {
  const failures: string[] = [];
  const count = emptyCount();
  const wanted = asked ?? (quick ? QUICK_KILLS * LANES : KILLS);
  const until = quick ? performance.now() + QUICK_MS : Infinity;
  const longest = quick ? QUICK_LIFE_MS : LIFE_MS;
  const site = await serveSite();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < wanted && performance.now() < until) {
      const many = Math.min(LIVES_OF_A_PROFILE, wanted - begun, quick ? QUICK_KILLS : LIVES_OF_A_PROFILE);
      const first = begun;
      begun += many;
      const lost = await lives(site.address, many, {
        seed: seed + first,
        longest,
        settle: SETTLE_MS,
        until,
        count,
      });
      failures.push(...lost);
      if (!quick) console.log([...lost, `${count.kills} kills, ${failures.length} losses`].join('\n'));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  site.close();

  const { steps, milliseconds } = count.worst;
  return {
    summary: `${count.kills} kills, ${count.runs} runs and ${count.items} queue items accepted, at most ${steps} steps (${milliseconds} ms) of one lost`,
    failures,
  };
};

/** The harness itself: faults planted into storage must all be caught. */
export const runPlanted: TrustPart = async ({ quick, seed, count }) => {
  const failures: string[] = [];
  // Of ten faults the quick part plants one, another with every seed.
  const faults = quick
    ? [plantedFaults[seed % plantedFaults.length]!]
    : plantedFaults.slice(0, count ?? undefined);
  let found = 0;
  const waiting = [...faults];
  const lane = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
      const missed = await caught(fault, seed);
      if (missed === null) found++;
      else failures.push(missed);
      if (!quick) console.log(`  ${missed ?? `caught: ${fault.name}`}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { summary: `${found} of ${faults.length} planted faults caught`, failures };
};
