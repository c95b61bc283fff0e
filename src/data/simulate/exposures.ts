import { drawItem, drawUser, type Audience } from './audience';
import { sigmoid } from './arithmetic';
import { openPropensity } from './propensity';
import { stream } from './random';
import { signalLevel, signalLogit } from './signals';
import { matchOf, type World } from './world';
import type { Plan } from './plan';

/** What was shown to whom, in time order; nothing here depends on a click. */
export interface Exposures {
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly slot: Uint8Array;
  readonly match: Float64Array;
  readonly prominence: Float64Array;
  /** The click logit without the scenario's intercept: γ·M + κ_u·pop_i, a promotion's lift, the row's signals. */
  readonly logit: Float64Array;
  readonly intervened: Uint8Array;
  /** How likely the item was to be shown to the person there and then; null where the world doesn't tell. */
  readonly propensity: Float64Array | null;
}

/** γ·M + κ_u·pop_i. */
export function clickLogit(world: World, user: number, item: number, match: number): number {
  return world.knobs.matchStrength * match + world.users.conformity[user]! * world.items.popularity[item]!;
}

/** Fills exposures chunk by chunk; yields the share done. */
export function* exposeAll(
  world: World,
  audience: Audience,
  plan: Plan,
  chunk: number,
): Generator<number, Exposures> {
  const { twin, knobs, seed, signals } = world;
  const { rows } = plan;
  const people = stream(seed, 'who');
  const shown = stream(seed, 'what');
  const places = stream(seed, 'where');
  const forced = stream(seed, 'promotion');
  const from = twin.start + twin.promotion[0] * twin.days * 86_400;
  const to = twin.start + twin.promotion[1] * twin.days * 86_400;
  const exposures: Exposures = {
    user: new Int32Array(rows),
    item: new Int32Array(rows),
    slot: new Uint8Array(rows),
    match: new Float64Array(rows),
    prominence: new Float64Array(rows),
    logit: new Float64Array(rows),
    intervened: new Uint8Array(rows),
    propensity: twin.propensity ? new Float64Array(rows) : null,
  };
  const promoted = new Set(audience.promoted);
  const propensityOf = openPropensity(world, audience);
  for (let row = 0; row < rows; row++) {
    if (row % chunk === chunk - 1) yield row / rows;
    const scenario = plan.scenario[row]!;
    const user = drawUser(audience, scenario, people.uniform(row));
    let { item, score } = drawItem(world, audience, scenario, user, shown, row);
    const time = plan.timestamp[row]!;
    const promotion = twin.scenarios[scenario]!.promoted === true && time >= from && time < to;
    if (promotion && forced.uniform(row, 0) < knobs.intervention) {
      item = audience.promoted[forced.integer(audience.promoted.length, row, 1)]!;
      score = 0;
      exposures.intervened[row] = 1;
    }
    const slot =
      places.uniform(row, 0) < knobs.slotPolicy
        ? Math.floor(twin.slots * sigmoid(-1.5 * score + 0.5 * places.normal(row, 1)))
        : places.integer(twin.slots, row, 2);
    const match = matchOf(world, user, item, scenario);
    exposures.user[row] = user;
    exposures.item[row] = item;
    exposures.slot[row] = Math.min(slot, twin.slots - 1);
    exposures.match[row] = match;
    exposures.prominence[row] = world.prominence[scenario * twin.slots + exposures.slot[row]!]!;
    exposures.logit[row] = clickLogit(world, user, item, match);
    if (exposures.intervened[row] === 1) exposures.logit[row]! += knobs.promotionLift;
    if (signals) {
      exposures.logit[row]! += signalLogit(signals, knobs.specificFields, scenario, (f) =>
        signalLevel(signals, row, f),
      );
    }
    if (exposures.propensity) {
      const usual = propensityOf(user, item, scenario);
      const pushed = promoted.has(item) ? 1 / promoted.size : 0;
      exposures.propensity[row] = promotion
        ? (1 - knobs.intervention) * usual + knobs.intervention * pushed
        : usual;
    }
  }
  return exposures;
}
