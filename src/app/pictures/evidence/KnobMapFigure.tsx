import { Figure } from '../../figure/Figure';
import { formatSigned, trimNumber } from '../../format';
import { placeOn } from '../../charts/heatDraw';
import { SCALE_STEPS, scaleTable, textOn } from '../../colour/scales';
import type { Theme } from '../../colour/scales';
import { useTheme } from '../../store/theme';
import type { KnobMap, MapResult } from '../../../studies/evidence/knobMaps';
import type { Verdict } from '../../../studies/evidence/verdict';
import { metricWords } from '../../../studies/reproduce/words';
import { VerdictMark } from './VerdictMark';
import './evidence.css';

interface Props {
  readonly map: KnobMap;
  /** Null where no run of the map is stored. */
  readonly result: MapResult | null;
}

/** The smallest reach of the colours: thousandths of AUC, whatever the largest of them is, must not look like much. */
const LEAST_REACH = 0.01;

/** `history 1, interestShift 0; less history 1, interestShift 1.2` */
function placeWords({ knobs }: KnobMap, at: readonly number[], beyond?: readonly number[]): string {
  const words = (place: readonly number[]) =>
    knobs.map((knob, k) => `${knob} ${trimNumber(place[k]!)}`).join(', ');
  return beyond ? `${words(at)}; less ${words(beyond)}` : words(at);
}

/** Where on the field of two knobs a module gains: a cell a world, coloured by the mean difference over seeds. */
export function KnobMapFigure({ map, result }: Props) {
  const [rows, columns] = map.values;
  const gains = result?.gains.flat() ?? [];
  const reach = Math.max(LEAST_REACH, ...gains.map(({ effect }) => Math.abs(effect ?? 0)));
  const [first, second] = map.knobs;
  const theme = useTheme((state) => state.theme);
  return (
    <Figure
      name={`map-${map.id}`}
      title={map.title}
      reading={`${map.reading} Mean difference over seeds (${metricWords(map.test.metric)}) with its 95 % interval; verdicts are adjusted over the map. Simulated data.`}
      equation={String.raw`\bar d=\frac1n\sum_i(m^{\mathrm{variant}}_i-m^{\mathrm{against}}_i)`}
      table={{
        columns: [...map.knobs, 'gain', 'low', 'high', 'seeds', 'verdict'],
        rows: rows.flatMap((row, r) =>
          columns.map((column, c) => {
            const found = result?.gains[r]?.[c];
            const [low, high] = found?.interval ?? [null, null];
            return [
              row,
              column,
              found?.effect ?? null,
              low,
              high,
              found?.pairs ?? 0,
              found?.verdict ?? 'not run',
            ];
          }),
        ),
      }}
      empty={
        gains.every(({ effect }) => effect === null) ? (
          <p data-testid="not-run">
            Not run: no stored study has this map yet. Make it with npm run study -- --plan maps --paper{' '}
            {map.paper}.
          </p>
        ) : null
      }
    >
      <div className="knob-map-place">
        <table className="knob-map">
          <thead>
            <tr>
              <th scope="col">{first} ↓</th>
              <th scope="colgroup" colSpan={columns.length}>
                {second} →
              </th>
            </tr>
            <tr>
              <td />
              {columns.map((column) => (
                <th key={column} scope="col">
                  {trimNumber(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr key={row}>
                <th scope="row">{trimNumber(row)}</th>
                {columns.map((column, c) => (
                  <Gain key={column} found={result?.gains[r]?.[c] ?? null} reach={reach} theme={theme} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ol className="map-hypotheses">
        {result?.hypotheses.map(({ hypothesis: { sentence, at, beyond }, verdict }) => (
          <li key={sentence} data-verdict={verdict.verdict}>
            {sentence} <span className="muted">({placeWords(map, at, beyond)})</span>:{' '}
            {formatSigned(verdict.effect)}
            {verdict.interval &&
              ` [${formatSigned(verdict.interval[0])}, ${formatSigned(verdict.interval[1])}]`}{' '}
            <VerdictMark result={verdict} />
          </li>
        ))}
      </ol>
    </Figure>
  );
}

interface GainProps {
  readonly found: Verdict | null;
  /** The gain at which colours end. */
  readonly reach: number;
  readonly theme: Theme;
}

/** A place of the map: the gain, its interval and the verdict, on the gain's colour. */
function Gain({ found, reach, theme }: GainProps) {
  if (found?.effect === undefined || found.effect === null) return <td data-verdict="not run">not run</td>;
  const { effect, interval, verdict } = found;
  const table = scaleTable('signed', theme);
  const place = placeOn({ kind: 'signed', min: -reach, max: reach }, effect);
  const at = 3 * Math.round(place * (SCALE_STEPS - 1));
  const colour = [table[at]!, table[at + 1]!, table[at + 2]!] as const;
  return (
    <td data-verdict={verdict} style={{ background: `rgb(${colour.join(' ')})`, color: textOn(colour) }}>
      <strong>{formatSigned(effect)}</strong>
      {interval && (
        <span>
          [{formatSigned(interval[0])}, {formatSigned(interval[1])}]
        </span>
      )}
      <VerdictMark result={{ verdict, moreSeeds: null }} />
    </td>
  );
}
