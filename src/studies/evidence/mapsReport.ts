/** The study of two knobs at once as Markdown: every map's gains, and what came of its hypotheses. */
import { markdownTable } from '../markdown';
import { KNOB_MAPS, mapResult, type KnobMap, type MapHypothesis, type MapResult } from './knobMaps';
import { effectText, EXPECTED, trainedText, verdictText } from './reportWords';
import type { StoredStudy } from './format';

/** `history 1, interestShift 0` */
const placeText = ({ knobs }: KnobMap, place: MapHypothesis['at']): string =>
  knobs.map((knob, k) => `${knob} ${place[k]}`).join(', ');

/** Where a hypothesis is tested, in words. */
export const whereText = (map: KnobMap, { at, beyond }: MapHypothesis): string =>
  placeText(map, at) + (beyond ? `, less the gain at ${placeText(map, beyond)}` : '');

function gainTable({ map, gains }: MapResult): string {
  const [rows, columns] = map.values;
  return markdownTable(
    [`${map.knobs[0]} ↓ ${map.knobs[1]} →`, ...columns.map(String)],
    rows.map((row, r) => [
      String(row),
      ...gains[r]!.map((verdict) =>
        verdict.verdict === 'not run' ? 'not run' : `${effectText(verdict)} ${verdict.verdict}`,
      ),
    ]),
  );
}

function hypothesisTable({ map, hypotheses }: MapResult): string {
  return markdownTable(
    ['hypothesis', 'where', 'effect', 'verdict'],
    hypotheses.map(({ hypothesis, verdict }) => {
      const { number, sentence, expected } = hypothesis;
      return [
        `${number}. ${sentence} (${EXPECTED[expected]})`,
        whereText(map, hypothesis),
        effectText(verdict),
        verdictText(verdict),
      ];
    }),
  );
}

/** Results of the maps that a study has runs of. */
export function mapsReport(study: StoredStudy): string {
  const found = KNOB_MAPS.map((map) => mapResult(map, study)).filter(({ worlds }) =>
    worlds.flat().some((world) => world !== null),
  );
  const parts = found.flatMap((result) => {
    const { title, test } = result.map;
    return [
      `### ${title}`,
      `\`${test.variant}\` − \`${test.against}\` (\`${test.metric}\`, ${test.of}), adjusted over the map:`,
      gainTable(result),
      hypothesisTable(result),
    ];
  });
  return [trainedText(study), ...parts].join('\n\n');
}
