/** What modules gain over two knobs at once, in a report: a table a map, and what came of its hypotheses. */
import type { StoredStudy } from '../../studies/evidence/format';
import { KNOB_MAPS, MAPS_STUDY, mapResult } from '../../studies/evidence/knobMaps';
import type { MapResult } from '../../studies/evidence/knobMaps';
import { whereText } from '../../studies/evidence/mapsReport';
import { verdictText } from '../../studies/evidence/reportWords';
import type { Verdict } from '../../studies/evidence/verdict';
import { formatP, formatSigned } from '../../studies/format';
import { metricWords } from '../../studies/reproduce/words';
import { element } from './sortableTable';

/** `−0.0021 [−0.0043, +0.0001]` */
function effectWords({ effect, interval }: Verdict): string {
  const [low, high] = interval ?? [null, null];
  return interval
    ? `${formatSigned(effect)} [${formatSigned(low)}, ${formatSigned(high)}]`
    : formatSigned(effect);
}

/** `undecided, 3 more seeds; p 0.012, Holm 0.11, 5 seeds` */
function verdictWords(found: Verdict): string {
  const { p, holm, pairs } = found;
  return `${verdictText(found)}; p ${formatP(p)}, Holm ${formatP(holm)}, ${pairs} seeds`;
}

/** A verdict for scripts, as the other tables have it. */
function tell(node: HTMLElement, { verdict, p, effect }: Verdict): void {
  node.dataset['verdict'] = verdict;
  if (p !== null) node.dataset['p'] = String(p);
  if (effect !== null) node.dataset['effect'] = String(effect);
}

function place(found: Verdict): HTMLElement {
  const cell = element('td', { className: 'number' });
  if (found.verdict === 'not run') {
    cell.textContent = 'not run';
    return cell;
  }
  tell(cell, found);
  cell.append(
    element('div', { textContent: effectWords(found) }),
    element('div', { className: 'small', textContent: verdictWords(found) }),
  );
  return cell;
}

function grid({ map, gains }: MapResult): HTMLElement {
  const [rows, columns] = map.values;
  const head = element('tr', {});
  head.append(
    element('th', { scope: 'col', textContent: `${map.knobs[0]} ↓ ${map.knobs[1]} →` }),
    ...columns.map((column) =>
      element('th', { scope: 'col', className: 'number', textContent: String(column) }),
    ),
  );
  const body = element('tbody', {});
  body.append(
    ...rows.map((row, r) => {
      const one = element('tr', {});
      one.append(element('th', { scope: 'row', textContent: String(row) }), ...gains[r]!.map(place));
      return one;
    }),
  );
  const top = element('thead', {});
  top.append(head);
  const table = element('table', {});
  table.append(top, body);
  const scroll = element('div', { className: 'scroll', tabIndex: 0 });
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', map.title);
  scroll.append(table);
  return scroll;
}

function oneMap(result: MapResult): HTMLElement {
  const { map, hypotheses } = result;
  const node = element('section', { className: 'paper' });
  node.dataset['map'] = map.id;
  const list = element('ol', {});
  list.append(
    ...hypotheses.map(({ hypothesis, verdict }) => {
      const one = element('li', {
        textContent: `${hypothesis.sentence} (${whereText(map, hypothesis)}): ${effectWords(verdict)}, ${verdictWords(verdict)}`,
      });
      tell(one, verdict);
      return one;
    }),
  );
  node.append(
    element('h3', { textContent: map.title }),
    element('p', {
      className: 'muted',
      textContent: `${map.reading} Mean difference over seeds (${metricWords(map.test.metric)}) with its 95 % interval; verdicts are adjusted over the map.`,
    }),
    grid(result),
    list,
  );
  return node;
}

/** The maps of which a run is stored; null where there is none. */
export function mapSection(studies: readonly StoredStudy[]): HTMLElement | null {
  const study = studies.find(({ id }) => id === MAPS_STUDY);
  if (!study) return null;
  const found = KNOB_MAPS.map((map) => mapResult(map, study)).filter(({ worlds }) =>
    worlds.flat().some((world) => world !== null),
  );
  if (found.length === 0) return null;
  const section = element('section', { id: 'maps' });
  section.append(element('h2', { textContent: 'Two knobs at once' }), ...found.map(oneMap));
  return section;
}
