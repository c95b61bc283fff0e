import { formatSigned } from '../../format';
import type { Verdict } from '../../../studies/evidence/verdict';

/** What an axis of effects spans; zero lies inside. */
export interface EffectSpan {
  readonly min: number;
  readonly max: number;
}

interface Props {
  readonly span: EffectSpan;
  readonly result: Pick<Verdict, 'effect' | 'interval' | 'verdict'>;
}

/** An effect with its interval on an axis that the rows of a table share: a small forest plot. Drawn of boxes, so that it scales with its cell. */
export function Forest({ span, result: { effect, interval, verdict } }: Props) {
  const width = span.max - span.min || 1;
  const place = (value: number) => `${(100 * (value - span.min)) / width}%`;
  if (effect === null) return <span className="forest" aria-hidden="true" />;
  const [low, high] = interval ?? [effect, effect];
  return (
    <span className="forest" aria-hidden="true" title={formatSigned(effect)}>
      <span className="forest-zero" style={{ left: place(0) }} />
      <span
        className="forest-interval"
        style={{ left: place(low), width: `${(100 * (high - low)) / width}%` }}
      />
      <span
        className={`forest-effect verdict-${verdict.replace(' ', '-')}`}
        style={{ left: place(effect) }}
      />
    </span>
  );
}

/** An effect with its interval in figures: `+0.0031 [+0.0012, +0.0050]`; of what was not run a dash, which is no undefined figure. */
export function effectText({
  verdict,
  effect,
  interval,
}: Pick<Verdict, 'verdict' | 'effect' | 'interval'>): string {
  if (verdict === 'not run') return '–';
  if (effect === null) return 'undefined';
  return interval
    ? `${formatSigned(effect)} [${formatSigned(interval[0])}, ${formatSigned(interval[1])}]`
    : `${formatSigned(effect)}, one seed`;
}
