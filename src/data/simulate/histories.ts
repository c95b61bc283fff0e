import { ageInHours } from '../format/historyColumns';
import { sigmoid } from './arithmetic';
import { drawCandidate, type Audience } from './audience';
import { clickLogit, type Exposures } from './exposures';
import { HISTORY_FIELDS } from './fields';
import { cumulative, drawIndex, stream } from './random';
import { matchOf, type World } from './world';
import type { History } from '../dataset';
import type { Plan } from './plan';

/** The last L clicks of every user as rings; written click by click in time order. */
interface Rings {
  readonly length: number;
  readonly item: Int32Array;
  readonly scenario: Int16Array;
  readonly time: Float64Array;
  /** Clicks ever remembered `[users]`. */
  readonly count: Int32Array;
}

const CANDIDATES = 6;
/** Days before the log in which earlier clicks happened. */
const EARLIER_DAYS = 30;

function remember(rings: Rings, user: number, item: number, scenario: number, time: number): void {
  const at = user * rings.length + (rings.count[user]! % rings.length);
  rings.item[at] = item;
  rings.scenario[at] = scenario;
  rings.time[at] = time;
  rings.count[user]!++;
}

/** Clicks before the log began: in scenarios that the user visits, on items by the same click probability as later. */
function earlierClicks(
  world: World,
  audience: Audience,
  intercepts: Float64Array,
  rings: Rings,
  user: number,
): void {
  const { twin, knobs, users, seed } = world;
  const counts = stream(seed, 'earlier count');
  const draws = stream(seed, 'earlier clicks');
  const visits = audience.visits[user]!;
  const sums = cumulative(Array.from(visits, (s) => twin.scenarios[s]!.share * twin.scenarios[s]!.clickRate));
  const mean = twin.earlierClicks * Math.sqrt(users.activity[user]!);
  const count = Math.min(60, Math.floor(mean * (0.25 + 1.5 * counts.uniform(user))));
  for (let c = 0; c < count; c++) {
    const draw = (k: number) => draws.uniform(user, c * 16 + k);
    if (draw(15) >= knobs.history) continue;
    const scenario = visits[drawIndex(sums, draw(14))]!;
    const candidates: number[] = [];
    const weights: number[] = [];
    for (let k = 0; k < CANDIDATES; k++) {
      const item = drawCandidate(audience, scenario, draw(k));
      candidates.push(item);
      weights.push(
        sigmoid(intercepts[scenario]! + clickLogit(world, user, item, matchOf(world, user, item, scenario))),
      );
    }
    const item = candidates[drawIndex(cumulative(weights), draw(13))]!;
    const ago = (EARLIER_DAYS * 86_400 * (count - c - draw(12))) / count;
    remember(rings, user, item, scenario, twin.start - 1 - Math.floor(ago));
  }
}

/**
 * Walks all rows in time order, writes what each row's user had clicked before it (oldest first), then remembers the row's own
 * click. Written where and as the dataset holds it: of a million rows a copy would be hundreds of megabytes.
 * @param place position of each row in the finished dataset `[rows]`. Yields the share done.
 */
export function* recallAll(
  world: World,
  audience: Audience,
  plan: Plan,
  exposures: Exposures,
  label: Float32Array,
  intercepts: Float64Array,
  place: Int32Array,
  chunk: number,
): Generator<number, Omit<History, 'itemFields'>> {
  const { twin, knobs, users, items, seed } = world;
  const length = twin.historyLength;
  const rings: Rings = {
    length,
    item: new Int32Array(users.count * length),
    scenario: new Int16Array(users.count * length),
    time: new Float64Array(users.count * length),
    count: new Int32Array(users.count),
  };
  for (let u = 0; u < users.count; u++) {
    earlierClicks(world, audience, intercepts, rings, u);
    if (u % 2048 === 2047) yield (0.3 * u) / users.count;
  }
  const stride = HISTORY_FIELDS.length;
  const ids = new Int32Array(plan.rows * length * stride);
  const scenario = new Int16Array(plan.rows * length).fill(-1);
  const age = new Float32Array(plan.rows * length);
  const lengths = new Uint8Array(plan.rows);
  const kept = stream(seed, 'remembered');
  for (let row = 0; row < plan.rows; row++) {
    if (row % chunk === chunk - 1) yield 0.3 + (0.7 * row) / plan.rows;
    const user = exposures.user[row]!;
    const have = Math.min(rings.count[user]!, length);
    const first = rings.count[user]! - have;
    const to = place[row]! * length;
    lengths[place[row]!] = have;
    for (let k = 0; k < have; k++) {
      const at = user * length + ((first + k) % length);
      const item = rings.item[at]!;
      const step = to + k;
      ids[step * stride] = item + 1;
      ids[step * stride + 1] = items.category[item]! + 1;
      ids[step * stride + 2] = items.brand[item]! + 1;
      scenario[step] = rings.scenario[at]!;
      age[step] = ageInHours(plan.timestamp[row]!, rings.time[at]!);
    }
    if (label[row] === 1 && plan.surplus[row] === 0 && kept.uniform(row) < knobs.history) {
      remember(rings, user, exposures.item[row]!, plan.scenario[row]!, plan.timestamp[row]!);
    }
  }
  return { length, ids, scenario, age, lengths };
}
