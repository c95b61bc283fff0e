/** What a module gains as its cause grows: the claims of a paper, dose by dose, with the room that the ceiling leaves. */
import type { Claim } from '../claims';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { figureOf } from '../evidence/values';
import { cellSpread, nameOf } from './cells';
import { metricWords } from './words';
import type { ClaimAt, ClaimRow } from './claimRows';

export interface DosePoint {
  readonly world: StudyWorld;
  readonly dose: number;
  /** Mean of variant − against over seeds; null where undefined. */
  readonly gain: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: number;
  /** Ceiling − noise-free AUC of the variant compared with: what any model could still gain. */
  readonly headroom: number | null;
}

/** One comparison over the doses of one world. */
export interface DoseCurve {
  readonly id: string;
  readonly study: StoredStudy;
  readonly claim: Claim;
  /** `w/ SBE − w/o SBE`. */
  readonly label: string;
  readonly knob: string;
  /** True where both are variants of the paper's own model. */
  readonly ownModule: boolean;
  readonly points: readonly DosePoint[];
}

/** Metrics whose best is the ceiling. */
const BELOW_CEILING: ReadonlySet<string> = new Set(['noiseFreeAuc', 'auc']);

function headroomOf(study: StoredStudy, world: StudyWorld, { test }: Claim): number | null {
  if (!BELOW_CEILING.has(test.metric)) return null;
  const ceiling = figureOf(world.ceilings, world, test.of);
  const reached = cellSpread(study, world, test.against, { metric: 'noiseFreeAuc', of: test.of });
  return ceiling === null || !reached ? null : ceiling - reached.mean;
}

function pointOf(study: StoredStudy, claim: Claim, { world, result }: ClaimAt): DosePoint {
  const [low, high] = result.interval ?? [null, null];
  return {
    world,
    dose: world.dose ?? 0,
    gain: result.effect,
    low,
    high,
    pairs: result.pairs,
    headroom: headroomOf(study, world, claim),
  };
}

function modelOf(study: StoredStudy, variant: string): string | null {
  return study.variants.find(({ id }) => id === variant)?.model ?? null;
}

/** A curve for each comparison of a paper that is stored at two doses or more; what two claims compare is drawn once. */
export function doseCurves(rows: readonly ClaimRow[], paper: string): readonly DoseCurve[] {
  const curves = new Map<string, DoseCurve>();
  for (const { claim, study, doses } of rows) {
    if (claim.paper !== paper || !study) continue;
    const dosed = doses.filter(({ world, result }) => world.dose !== null && result.pairs > 0);
    const knob = dosed[0]?.world.knob;
    if (!knob || new Set(dosed.map(({ world }) => world.dose)).size < 2) continue;
    const { variant, against, metric, againstMetric, of } = claim.test;
    const id = [claim.world, variant, against, metric, againstMetric ?? '', of].join(' ');
    if (curves.has(id)) continue;
    curves.set(id, {
      id,
      study,
      claim,
      label:
        againstMetric === undefined
          ? `${nameOf(study, variant)} − ${nameOf(study, against)}`
          : `${nameOf(study, variant)}: ${metricWords(metric)} − ${metricWords(againstMetric)}`,
      knob,
      ownModule: modelOf(study, variant) === paper && modelOf(study, against) === paper,
      points: dosed.map((at) => pointOf(study, claim, at)),
    });
  }
  // A module switched off says more of it than another model does.
  const others = (curve: DoseCurve) => (curve.ownModule ? 0 : 1);
  return [...curves.values()].sort((a, b) => others(a) - others(b));
}
