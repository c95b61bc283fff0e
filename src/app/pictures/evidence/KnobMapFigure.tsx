import { Figure } from '../../figure/Figure';
import { formatSigned, trimNumber } from '../../format';
import { HeatMap } from '../../charts/HeatMap';
import { DEFINED, UNDEFINED } from '../../charts/heatDraw';
import type { KnobMap, MapResult } from '../../../studies/evidence/knobMaps';
import { metricWords } from '../../../studies/reproduce/words';
import { VerdictMark } from './VerdictMark';
import './evidence.css';

interface Props {
  readonly map: KnobMap;
  /** Null where no run of the map is stored. */
  readonly result: MapResult | null;
}

/** The smallest reach of the colours: gains within it are no effect, and must not look like one. */
const LEAST_REACH = 0.002;

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
  const named = (value: number) => ({ label: trimNumber(value) });
  return (
    <Figure
      name={`map-${map.id}`}
      title={map.title}
      reading={`${map.reading} Mean difference over seeds (${metricWords(map.test.metric)}); its 95 % interval and verdict stand in the table. Simulated data.`}
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
      <div className="dose-map">
        <HeatMap
          label={`Gain by ${map.knobs[0]} and ${map.knobs[1]}`}
          rows={rows.map(named)}
          columns={columns.map(named)}
          rowTitle={map.knobs[0]}
          columnTitle={map.knobs[1]}
          valueTitle="gain"
          data={{
            rows: rows.length,
            columns: columns.length,
            values: Float32Array.from(gains, ({ effect }) => effect ?? 0),
            defined: Uint8Array.from(gains, ({ effect }) => (effect === null ? UNDEFINED : DEFINED)),
          }}
          scale={{ kind: 'signed', min: -reach, max: reach }}
          format={(value) => formatSigned(value)}
        />
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
