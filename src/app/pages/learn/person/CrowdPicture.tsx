import { Figure } from '../../../figure/Figure';
import { Drawn } from '../Drawn';
import { formatNumber, formatPercent } from '../../../format';
import { scenarioColours } from '../../../colour/scenario';
import { useTheme } from '../../../store/theme';
import type { Portrait } from '../../../../workers/protocol';
import type { CrowdKind } from '../story';
import { pairNames, usePairColours } from './PersonPicture';
import { formatCount } from '../../../format';

/** A dot is a person and an item: match in the one scenario, match in the other. */
function Tastes({ portrait }: { readonly portrait: Portrait }) {
  const { matches, agreement } = portrait.crowd;
  const names = pairNames(portrait);
  const side = 300;
  const reach = Math.max(...matches.flat().map(Math.abs), 1);
  const at = (value: number): number => 24 + ((value + reach) / (2 * reach)) * (side - 34);
  return (
    <Figure
      name="learn-crowd"
      title={`The crowd: agreement of wishes ${formatNumber(agreement, 2)}`}
      reading={`A dot is a person and an item: right it suits them in ${names[0]}, up in ${names[1]}. Agreement is the correlation, 1 for the same wishes.`}
      table={{ columns: [names[0], names[1]], rows: matches }}
    >
      <svg
        className="learn-drawing learn-square"
        viewBox={`0 0 ${side} ${side}`}
        role="img"
        aria-label={`Match of ${matches.length} people and items in two scenarios, correlation ${formatNumber(agreement, 2)}.`}
      >
        <line x1={at(0)} x2={at(0)} y1={10} y2={side - 24} className="learn-rule" />
        <line x1={24} x2={side - 10} y1={side - at(0)} y2={side - at(0)} className="learn-rule" />
        {matches.map(([a, b], k) => (
          <circle key={k} cx={at(a)} cy={side - at(b)} r={2.2} className="learn-dot" />
        ))}
        <text x={side / 2} y={side - 6} textAnchor="middle" className="learn-axis">
          suits in {names[0]} →
        </text>
        <text
          x={12}
          y={side / 2}
          textAnchor="middle"
          className="learn-axis"
          transform={`rotate(-90 12 ${side / 2})`}
        >
          suits in {names[1]} →
        </text>
      </svg>
    </Figure>
  );
}

/** Prominence (line) and click rate (dots) by place, both scenarios. */
function Places({ portrait }: { readonly portrait: Portrait }) {
  const { places } = portrait.crowd;
  const names = pairNames(portrait);
  const colours = usePairColours(portrait);
  const height = 190;
  const most = Math.max(0.01, ...places.flatMap(({ clickRate }) => clickRate.map((rate) => rate ?? 0)));
  const y = (share: number): number => 16 + (1 - share) * (height - 50);
  const two = [0, 1] as const;
  return (
    <Figure
      name="learn-crowd"
      title="The crowd: what is noticed is clicked"
      reading={`Lines: how prominent a place is, 1 is always noticed. Dots: click rate there, highest ${formatPercent(most)}. Each in ${names[0]} and ${names[1]}.`}
      table={{
        columns: [
          'place',
          ...names.map((name) => `prominence, ${name}`),
          ...names.map((name) => `click rate, ${name}`),
        ],
        rows: places.map(({ place, prominence, clickRate }) => [place, ...prominence, ...clickRate]),
      }}
    >
      <Drawn>
        {(width) => {
          const x = (place: number): number => 44 + ((place - 0.5) / places.length) * (width - 60);
          return (
            <svg
              className="learn-drawing"
              viewBox={`0 0 ${width} ${height}`}
              role="img"
              aria-label="Prominence and click rate of each place in two scenarios; the numbers are in the table."
            >
              {[0, 0.5, 1].map((tick) => (
                <g key={tick}>
                  <line x1={40} x2={width - 12} y1={y(tick)} y2={y(tick)} className="learn-grid" />
                  <text x={34} y={y(tick)} textAnchor="end" dominantBaseline="central" className="learn-axis">
                    {tick}
                  </text>
                </g>
              ))}
              {two.map((k) => (
                <g key={k} style={{ color: colours[k] }}>
                  <polyline
                    points={places
                      .map(({ place, prominence }) => `${x(place)},${y(prominence[k])}`)
                      .join(' ')}
                    className="learn-line"
                    strokeDasharray={k === 1 ? '5 3' : undefined}
                  />
                  {places.map(({ place, clickRate }) => {
                    const rate = clickRate[k];
                    return rate === null ? null : (
                      <circle key={place} cx={x(place)} cy={y(rate / most)} r={3.5} fill="currentColor" />
                    );
                  })}
                </g>
              ))}
              {places.map(({ place }) => (
                <text key={place} x={x(place)} y={height - 18} textAnchor="middle" className="learn-axis">
                  {place}
                </text>
              ))}
              <text x={width / 2} y={height - 4} textAnchor="middle" className="learn-axis">
                place on the page (solid {names[0]}, dashed {names[1]})
              </text>
            </svg>
          );
        }}
      </Drawn>
    </Figure>
  );
}

/** Bars around what two kinds of rows have in common. */
function Promoted({ portrait }: { readonly portrait: Portrait }) {
  const { promoted } = portrait.crowd;
  const groups = promoted
    ? ([
        ['pushed', promoted.yes],
        ['others', promoted.no],
      ] as const)
    : [];
  return (
    <Figure
      name="learn-crowd"
      title="The crowd: pushed rows and others"
      reading="Rows of the scenarios with promotions: how well they suit the person on average, and how many are clicked."
      table={{
        columns: ['rows', 'number', 'mean match', 'click rate'],
        rows: groups.map(([name, { rows, match, clickRate }]) => [name, rows, match, clickRate]),
      }}
      empty={promoted === null && <p>Nothing is promoted in this world.</p>}
    >
      <div className="learn-groups">
        {groups.map(([name, { rows, match, clickRate }]) => (
          <dl key={name} className="learn-group">
            <dt>{name}</dt>
            <dd>
              <strong>{formatNumber(match, 2)}</strong> mean match
            </dd>
            <dd>
              <strong>{formatPercent(clickRate)}</strong> clicked
              <span className="learn-bar" aria-hidden="true">
                <span style={{ width: `${Math.min(1, clickRate * 2) * 100}%` }} />
              </span>
            </dd>
            <dd className="muted">{formatCount(rows)} rows</dd>
          </dl>
        ))}
      </div>
    </Figure>
  );
}

/** How much the click rate moves with each signal, in each scenario. */
function SignalsPicture({ portrait }: { readonly portrait: Portrait }) {
  const { signals } = portrait.crowd;
  const { scenarios } = portrait;
  const most = Math.max(1e-9, ...signals.flatMap(({ spread }) => spread));
  return (
    <Figure
      name="learn-crowd"
      title="The crowd: where a signal counts"
      reading="How much the click rate moves with a signal (standard deviation over its values): a long bar is much, a short one chance."
      table={{
        columns: ['signal', ...scenarios.map(({ name }) => name)],
        rows: signals.map(({ name, spread }) => [name, ...spread]),
      }}
    >
      <div
        className="learn-grid-table"
        style={{ gridTemplateColumns: `auto repeat(${scenarios.length}, 1fr)` }}
        aria-hidden="true"
      >
        <span />
        {scenarios.map(({ id, name }) => (
          <span key={id} className="learn-axis-text">
            {name}
          </span>
        ))}
        {signals.map(({ name, common, spread }) => [
          <span key={name} className="learn-axis-text">
            {name}
            {common && ' (all)'}
          </span>,
          ...spread.map((value, s) => (
            <span
              key={`${name} ${s}`}
              className="learn-cell"
              style={{ '--share': `${Math.round((value / most) * 100)}%` } as React.CSSProperties}
            >
              {formatPercent(value, 1)}
            </span>
          )),
        ])}
      </div>
    </Figure>
  );
}

/** Traffic of many scenarios, coloured by group, largest first. */
function Domains({ portrait }: { readonly portrait: Portrait }) {
  const theme = useTheme((state) => state.theme);
  const { scenarios } = portrait;
  const colours = scenarioColours(scenarios, theme);
  const order = scenarios.map((_, s) => s).sort((a, b) => scenarios[b]!.share - scenarios[a]!.share || a - b);
  const most = scenarios[order[0]!]!.share;
  const height = 170;
  const small = scenarios.filter(({ share }) => share < 0.01).length;
  return (
    <Figure
      name="learn-crowd"
      title={`The crowd: ${small} of ${scenarios.length} domains have less than 1 % of the traffic`}
      reading={`A bar is a domain, its height the share of traffic (largest ${formatPercent(most)}), its colour the hidden group.`}
      table={{
        columns: ['domain', 'group', 'share of traffic'],
        rows: order.map((s) => [scenarios[s]!.name, scenarios[s]!.group ?? '', scenarios[s]!.share]),
      }}
    >
      <Drawn>
        {(width) => {
          const step = (width - 16) / order.length;
          return (
            <svg
              className="learn-drawing"
              viewBox={`0 0 ${width} ${height}`}
              role="img"
              aria-label={`Traffic of ${scenarios.length} domains; the numbers are in the table.`}
            >
              {order.map((s, k) => {
                const tall = (scenarios[s]!.share / most) * (height - 40);
                return (
                  <rect
                    key={s}
                    x={8 + k * step}
                    y={height - 24 - tall}
                    width={Math.max(1, step - 1.5)}
                    height={tall}
                    fill={colours[s]}
                  >
                    <title>{`${scenarios[s]!.name}, ${scenarios[s]!.group ?? ''}: ${formatPercent(scenarios[s]!.share)}`}</title>
                  </rect>
                );
              })}
              <line x1={8} x2={width - 8} y1={height - 24} y2={height - 24} className="learn-rule" />
              <text x={8} y={height - 8} className="learn-axis">
                largest
              </text>
              <text x={width - 8} y={height - 8} textAnchor="end" className="learn-axis">
                smallest
              </text>
            </svg>
          );
        }}
      </Drawn>
    </Figure>
  );
}

const PICTURES: Readonly<Record<CrowdKind, (props: { readonly portrait: Portrait }) => React.ReactElement>> =
  {
    tastes: Tastes,
    places: Places,
    promoted: Promoted,
    signals: SignalsPicture,
    domains: Domains,
  };

/** What the one person is an example of. */
export function CrowdPicture({ kind, portrait }: { readonly kind: CrowdKind; readonly portrait: Portrait }) {
  const Picture = PICTURES[kind];
  return <Picture portrait={portrait} />;
}
