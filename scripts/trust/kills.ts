/** Kills a real Chromium and looks for what it had accepted; with planted faults, to prove the harness. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTS, live } from './life';
import { drawnPlans, quickPlans, scenes } from './plans';
import { plantedFaults } from './planted';
import { serveSite } from './server';
import { Witness } from './witness';
import type { Act, Plan } from './life';
import type { TrustPart, TrustResult } from './part';
import type { PlantedFault } from './planted';

const KILLS = 1_000;
/** Longest life after what it did was accepted. */
const LIFE_MS = 7_000;
/** How long a list may take to be read on a busy machine, and a run to be gone on with, before that counts as lost. */
const SETTLE_MS = 60_000;
/** With a planted fault something is lost, and little is to be had by patience. */
const SETTLE_OF_A_FAULT_MS = 5_000;
/** A profile that has seen so many lives gives its place to a fresh one: a long list only makes lives slower. */
const LIVES_OF_A_PROFILE = 25;
/** With so many lives every act was due more than once. */
const LIVES_FOR_EVERY_ACT = 2 * ACTS.length;
const LANES = 2;

interface Count {
  kills: number;
  runs: number;
  items: number;
  readonly worst: { steps: number; milliseconds: number };
  readonly done: Map<Act, number>;
  /** Kills by what was done or under way, and by what the page was in. */
  readonly moments: Map<string, number>;
  /** Why something could not be done that was not cut short. */
  readonly hindered: string[];
}

const inFolder = async <T>(work: (profile: string) => Promise<T>): Promise<T> => {
  const profile = await mkdtemp(join(tmpdir(), 'trust-'));
  try {
    return await work(profile);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
};

/** Lives one after the other in one profile until something is missing. */
async function lives(
  address: string,
  plans: readonly Plan[],
  settle: number,
  count: Count,
): Promise<readonly string[]> {
  return inFolder(async (profile) => {
    const witness = new Witness();
    for (const [k, plan] of plans.entries()) {
      const { lost, done, hindered, state } = await live({ profile, address, witness, plan, settle });
      const where = `life ${k + 1} (${plan.acts.join(', ') || 'looks only'})`;
      if (lost.length > 0) {
        const told = [...witness.alerts].join(' ') || 'nothing';
        return lost.map((sentence) => `${sentence} Seen in ${where}; told before: ${told}.`);
      }
      count.kills++;
      for (const moment of momentsOf(plan, done, state))
        count.moments.set(moment, (count.moments.get(moment) ?? 0) + 1);
      for (const act of done) count.done.set(act, (count.done.get(act) ?? 0) + 1);
      if (hindered !== null) count.hindered.push(`In ${where}: ${hindered}`);
      if (witness.worst.steps > count.worst.steps) Object.assign(count.worst, witness.worst);
    }
    count.runs += witness.runs.size;
    count.items += witness.queue.total;
    return [];
  });
}

/** When a browser died: within what it did or after it, and what its page said that it was in. */
const momentsOf = (plan: Plan, done: readonly Act[], state: string): readonly string[] => {
  const within = plan.acts[done.length];
  return [within ? `within ${within}` : `after ${done.at(-1) ?? 'looking'}`, `page ${state || 'opening'}`];
};

const emptyCount = (): Count => ({
  kills: 0,
  runs: 0,
  items: 0,
  worst: { steps: 0, milliseconds: 0 },
  done: new Map(),
  moments: new Map(),
  hindered: [],
});

function summary({ kills, runs, items, worst, done, hindered }: Count): string {
  const acts = [...done].map(([act, times]) => `${act} ${times}`).join(', ');
  return `${kills} kills, ${runs} runs and ${items} queue items accepted (${acts || 'nothing'} done, ${hindered.length} hindered), at most ${worst.steps} steps (${worst.milliseconds} ms) of one lost`;
}

async function runQuick(): Promise<TrustResult> {
  const count = emptyCount();
  const site = await serveSite();
  const lost = await lives(site.address, quickPlans, SETTLE_MS, count);
  site.close();
  return { summary: summary(count), attempts: count.kills, failures: [...lost, ...count.hindered] };
}

async function runDrawn(wanted: number, seed: number, lanes: number): Promise<TrustResult> {
  const failures: string[] = [];
  const count = emptyCount();
  const site = await serveSite();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < wanted) {
      const many = Math.min(LIVES_OF_A_PROFILE, wanted - begun);
      const first = seed + begun;
      begun += many;
      const drawn = drawnPlans(first, LIFE_MS);
      const plans = Array.from({ length: many }, () => drawn.next().value);
      const lost = await lives(site.address, plans, SETTLE_MS, count);
      const told = lost.map((sentence) => `${sentence} Again with --seed ${first} --count ${many}.`);
      failures.push(...told);
      console.log([...told, `${count.kills} kills, ${failures.length} losses`].join('\n'));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  site.close();
  for (const sentence of count.hindered) console.log(`  not done: ${sentence}`);
  // A harness that does nothing finds nothing.
  if (count.kills >= LIVES_FOR_EVERY_ACT)
    for (const act of ACTS.filter((one) => !count.done.has(one)))
      failures.push(
        `No life came to “${act}”, so nothing is known of what it leaves; see why in what was not done.`,
      );
  return {
    summary: summary(count),
    attempts: count.kills,
    failures,
    counts: Object.fromEntries(count.moments),
  };
}

export const run: TrustPart = ({ quick, seed, count, lanes }) =>
  quick ? runQuick() : runDrawn(count ?? KILLS, seed, lanes ?? LANES);

/** Null where the fault was caught by the loss that it must cause, else a sentence. */
async function caught({ name, source, scene, shows }: PlantedFault): Promise<string | null> {
  const site = await serveSite(source);
  const count = emptyCount();
  try {
    const lost = await lives(site.address, scenes[scene], SETTLE_OF_A_FAULT_MS, count);
    if (lost.some((sentence) => shows.test(sentence))) return null;
    const instead = [...lost, ...count.hindered].join(' ') || 'nothing';
    return `The harness did not catch a planted fault: ${name}; it saw ${instead}.`;
  } finally {
    site.close();
  }
}

/** The harness itself: faults planted into storage must all be caught. */
export const runPlanted: TrustPart = async ({ quick, seed, count }) => {
  const failures: string[] = [];
  // Of ten faults the quick part plants two, others with every seed.
  const faults = quick
    ? [0, plantedFaults.length / 2].map((k) => plantedFaults[(seed + k) % plantedFaults.length]!)
    : plantedFaults.slice(0, count ?? undefined);
  let found = 0;
  const waiting = [...faults];
  const lane = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
      const missed = await caught(fault);
      if (missed === null) found++;
      else failures.push(missed);
      if (!quick) console.log(`  ${missed ?? `caught: ${fault.name}`}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { summary: `${found} of ${faults.length} planted faults caught`, attempts: faults.length, failures };
};
