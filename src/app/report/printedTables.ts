/** The papers' printed tables in a report, ours beside them. */
import { cellsOf } from '../../studies/reproduce/cells';
import { paperTable, tunedRows, worldsOfTable } from '../../studies/reproduce/paperTables';
import type { PaperTable, TableCell, TableRow } from '../../studies/reproduce/paperTables';
import type { PrintedTable } from '../../studies/claims';
import type { StoredStudy, StudyWorld } from '../../studies/evidence/format';
import { fixedDigits, formatSigned } from '../../studies/format';
import { metricWords, printedMetricWords } from '../../studies/reproduce/words';
import { addressOf } from './reportData';
import type { ReportData } from './reportData';
import { element } from './sortableTable';

const line = (className: string, textContent: string): HTMLElement =>
  element('div', { className, textContent });

function ourCell({
  printed,
  printedDifference,
  ours,
  difference,
  interval,
  p,
  verdict,
  relaImpr,
}: TableCell): HTMLElement {
  const cell = element('td', { className: 'number' });
  cell.dataset['verdict'] = verdict;
  if (p !== null) cell.dataset['p'] = String(p);
  if (difference !== null) cell.dataset['difference'] = String(difference);
  cell.append(
    line(
      'muted',
      `${printed === null ? '–' : fixedDigits(printed, 4)} ${printedDifference === null ? '' : formatSigned(printedDifference)}`,
    ),
    line(
      '',
      ours
        ? `${fixedDigits(ours.mean, 4)}${ours.halfWidth === null ? '' : ` ±${fixedDigits(ours.halfWidth, 4)}`}`
        : verdict === 'no such scenario'
          ? '–'
          : 'not run',
    ),
  );
  if (difference !== null)
    cell.append(
      line(
        'small',
        `${formatSigned(difference)}${interval ? ` [${formatSigned(interval[0])}, ${formatSigned(interval[1])}]` : ''}`,
      ),
    );
  if (relaImpr && relaImpr.half !== null && relaImpr.ratio !== null)
    cell.append(
      line(
        'small',
        `RelaImpr ${formatSigned(100 * relaImpr.half, 2)} %, as a ratio ${formatSigned(100 * relaImpr.ratio, 2)} %`,
      ),
    );
  if (ours) cell.append(line('small', verdict));
  return cell;
}

/** The row's seeds, each the way to run it again. */
function seeds(data: ReportData, study: StoredStudy, world: StudyWorld, { variant }: TableRow): HTMLElement {
  const cell = element('td', { className: 'number' });
  const runs = variant === null ? [] : cellsOf(study, world.id, [variant]);
  if (runs.length === 0) cell.textContent = '–';
  for (const run of runs) {
    const address = addressOf(data, study.id, run);
    const text = `${run.seed} `;
    cell.append(
      address === null ? text : element('a', { href: address, textContent: text, title: 'Run it again' }),
    );
  }
  return cell;
}

function drawn(data: ReportData, study: StoredStudy, world: StudyWorld, view: PaperTable): HTMLElement {
  const table = element('table', { className: 'printed' });
  const head = element('tr', {});
  head.append(
    element('th', { scope: 'col', textContent: view.tuned ? 'Row, tuned' : 'Row, as it comes' }),
    ...view.columns.map((column, c) => {
      const one = element('th', { scope: 'col', className: 'number', textContent: column });
      const ours = view.ours[c] ?? null;
      if (ours !== null && ours !== column) one.append(line('small', `ours: ${ours}`));
      return one;
    }),
    ...['Training, s', 'Inference, µs a row', 'Seeds'].map((textContent) =>
      element('th', { scope: 'col', className: 'number', textContent }),
    ),
  );
  const body = element('tbody', {});
  for (const [r, row] of view.rows.entries()) {
    const one = element('tr', {});
    const name = element('th', { scope: 'row', textContent: row.name });
    if (r === view.reference) name.append(line('small', 'compared with'));
    one.append(
      name,
      ...row.cells.map(ourCell),
      ...[row.seconds, row.inference].map((time) =>
        element('td', { className: 'number', textContent: time === null ? '–' : fixedDigits(time, 1) }),
      ),
      seeds(data, study, world, row),
    );
    body.append(one);
  }
  const top = element('thead', {});
  top.append(head);
  table.append(top, body);
  const scroll = element('div', { className: 'scroll', tabIndex: 0 });
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', 'Printed and ours');
  scroll.append(table);
  return scroll;
}

function oneTable(
  data: ReportData,
  paper: string,
  table: PrintedTable,
  study: StoredStudy | null,
): HTMLElement {
  const node = element('section', { className: 'paper' });
  node.dataset['table'] = `${paper}-${table.id}`;
  const title = `${data.titles[paper] ?? paper}, ${table.table}: ${table.title}`;
  const worlds = worldsOfTable(study, table);
  const place = element('div', {});
  const draw = (world: StudyWorld | null) => {
    const plain = paperTable(table, study, world);
    const where =
      world === null
        ? 'No row of it is stored.'
        : `Ours: ${metricWords(table.metric)} on ${world.title}${plain.onTwin ? '' : ', other data than the paper’s: only directions can be compared'}.`;
    const words = element('p', {
      className: 'muted',
      textContent: `Printed (grey): ${printedMetricWords(table.metric)} on ${table.dataset}, difference from “${table.rows[plain.reference]?.printed ?? ''}”. ${where} ${table.note ?? ''}`,
    });
    place.replaceChildren(words);
    if (!study || !world) return;
    const { some, all } = tunedRows(study, table, world);
    // Apart: a tuned row beside one as it comes would say nothing of either.
    if (some) place.append(drawn(data, study, world, paperTable(table, study, world, undefined, true)));
    if (!all || plain.rows.some(({ seeds: runs }) => runs > 0))
      place.append(drawn(data, study, world, plain));
  };
  node.append(element('h3', { textContent: title }));
  if (worlds.length > 1) {
    const select = element('select', {});
    select.append(...worlds.map(({ id }) => element('option', { value: id, textContent: id })));
    select.addEventListener('change', () => draw(worlds.find(({ id }) => id === select.value) ?? null));
    const label = element('label', { textContent: 'Ours on ' });
    label.append(select);
    node.append(label);
  }
  node.append(place);
  draw(worlds[0] ?? null);
  return node;
}

/** Every printed table, ours on its twin where that is stored, else in the paper's world. */
export function tableSection(data: ReportData, studies: readonly StoredStudy[]): HTMLElement {
  const section = element('section', { id: 'tables' });
  section.append(
    element('h2', { textContent: 'The printed tables, ours beside them' }),
    ...data.tables.map(({ paper, table }) =>
      oneTable(data, paper, table, studies.find(({ id }) => id === paper) ?? null),
    ),
  );
  return section;
}
