import { Figure } from '../../../figure/Figure';
import { Drawn } from '../Drawn';
import { short } from '../inside/flow';
import { formatNumber } from '../../../format';
import { scenarioColours } from '../../../colour/scenario';
import { useTheme } from '../../../store/theme';
import type { Portrait } from '../../../../workers/protocol';

const LINE = 22;
const LEFT = 92;
const RIGHT = 16;
const TOP = 26;

/** Colours of the two scenarios on show, as everywhere on the page. */
export function usePairColours({ scenarios, pair }: Portrait): readonly [string, string] {
  const theme = useTheme((state) => state.theme);
  const colours = scenarioColours(scenarios, theme);
  return [colours[pair[0]] ?? 'currentColor', colours[pair[1]] ?? 'currentColor'];
}

export function pairNames({ scenarios, pair }: Portrait): readonly [string, string] {
  return [scenarios[pair[0]]?.name ?? '', scenarios[pair[1]]?.name ?? ''];
}

/** What a person likes in two scenarios, and what they were shown there. */
export function PersonPicture({
  portrait,
  another,
}: {
  readonly portrait: Portrait;
  readonly another: () => void;
}) {
  const { tastes, impressions, person, title } = portrait;
  const colours = usePairColours(portrait);
  const names = pairNames(portrait);
  const reach = Math.max(1, ...tastes.flatMap(({ match }) => match.map(Math.abs))) * 1.05;
  // Where every place is always noticed there is nothing to compare.
  const places = impressions.some(({ prominence }) => prominence < 1);
  const height = TOP + tastes.length * LINE + 8;
  return (
    <>
      <Figure
        name="learn-person"
        title={`Person ${person}: what suits them, here and there`}
        reading={`Match with a category’s items: ● ${names[0]}, ◆ ${names[1]}. Right of the line it suits them. ${title}.`}
        table={{
          columns: ['category', names[0], names[1]],
          rows: tastes.map(({ category, match }) => [category, ...match]),
        }}
        controls={
          <button type="button" className="button" data-testid="another-person" onClick={another}>
            Another person
          </button>
        }
      >
        <Drawn>
          {(width) => {
            const x = (value: number): number =>
              LEFT + ((value + reach) / (2 * reach)) * (width - LEFT - RIGHT);
            return (
              <svg
                className="learn-drawing"
                viewBox={`0 0 ${width} ${height}`}
                role="img"
                aria-label={`Match of person ${person} with ${tastes.length} categories in two scenarios; the numbers are in the table.`}
              >
                <text x={x(-reach / 2)} y={14} textAnchor="middle" className="learn-axis">
                  does not suit
                </text>
                <text x={x(reach / 2)} y={14} textAnchor="middle" className="learn-axis">
                  suits
                </text>
                <line x1={x(0)} x2={x(0)} y1={TOP - 6} y2={height} className="learn-rule" />
                {tastes.map(({ category, match: [a, b] }, k) => {
                  const y = TOP + k * LINE + LINE / 2;
                  return (
                    <g key={category}>
                      <text
                        x={LEFT - 8}
                        y={y}
                        textAnchor="end"
                        dominantBaseline="central"
                        className="learn-label"
                      >
                        {category}
                      </text>
                      <line x1={x(a)} x2={x(b)} y1={y} y2={y} className="learn-gap" />
                      <circle cx={x(a)} cy={y} r={5} fill={colours[0]} />
                      <rect
                        x={x(b) - 4.5}
                        y={y - 4.5}
                        width={9}
                        height={9}
                        fill={colours[1]}
                        transform={`rotate(45 ${x(b)} ${y})`}
                      />
                    </g>
                  );
                })}
              </svg>
            );
          }}
        </Drawn>
      </Figure>
      <div
        className="table-scroll learn-impressions"
        role="region"
        aria-label="What they were shown"
        tabIndex={0}
      >
        <table className="table" data-testid="impressions">
          <caption className="visually-hidden">What person {person} was shown, and clicked</caption>
          <thead>
            <tr>
              <th scope="col">shown in</th>
              <th scope="col">place</th>
              {places && <th scope="col">noticed</th>}
              <th scope="col">item of</th>
              <th scope="col" className="number">
                suits
              </th>
              <th scope="col">clicked</th>
            </tr>
          </thead>
          <tbody>
            {impressions.map((one, k) => (
              <tr key={k}>
                <td>
                  <span className="learn-mark" style={{ color: colours[one.where] }} aria-hidden="true">
                    {one.where === 0 ? '●' : '◆'}
                  </span>{' '}
                  {names[one.where]}
                </td>
                <td>{one.place}</td>
                {places && (
                  <td>
                    <span className="learn-bar" aria-hidden="true">
                      <span style={{ width: `${one.prominence * 100}%` }} />
                    </span>
                    <span className="visually-hidden">{formatNumber(one.prominence, 2)}</span>
                  </td>
                )}
                <td>
                  {one.category}
                  {one.promoted && (
                    <>
                      {' '}
                      <span className="learn-pushed">pushed</span>
                    </>
                  )}
                </td>
                <td className="number">{short(one.match)}</td>
                <td>{one.clicked ? <strong>click</strong> : <span className="muted">–</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
