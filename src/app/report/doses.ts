/** What modules gain over the dose of their cause, drawn in a report. */
import { formatSigned } from '../../studies/format';
import { doseCurves } from '../../studies/reproduce/doses';
import type { DoseCurve } from '../../studies/reproduce/doses';
import type { ClaimRow } from '../../studies/reproduce/claimRows';
import { metricWords, partWords } from '../../studies/reproduce/words';
import type { ReportData } from './reportData';
import { element } from './sortableTable';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [300, 150, 56, 12, 10, 28];

function svg(name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text) node.textContent = text;
  return node;
}

function picture({ points, knob, label }: DoseCurve): SVGElement {
  const ends = points.flatMap(({ gain, low, high }) => [gain, low, high]).filter((end) => end !== null);
  const [min, max] = [Math.min(0, ...ends), Math.max(0.002, ...ends)];
  const doses = points.map(({ dose }) => dose);
  const [first, last] = [Math.min(...doses), Math.max(...doses)];
  const x = (dose: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (dose - first)) / (last - first || 1);
  const y = (gain: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (gain - min)) / (max - min);
  const said = points.map(({ dose, gain }) => `${knob} ${dose}: ${formatSigned(gain)}`).join('; ');
  const node = svg('svg', { width: WIDTH, height: HEIGHT, role: 'img', 'aria-label': `${label}: ${said}` });
  for (const level of new Set([min, 0, max]))
    node.append(
      svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(level), y2: y(level) }),
      svg('text', { x: LEFT - 6, y: y(level) + 4, 'text-anchor': 'end' }, formatSigned(level, 3)),
    );
  const line = points.flatMap(({ dose, gain }) => (gain === null ? [] : [`${x(dose)},${y(gain)}`]));
  node.append(svg('polyline', { class: 'curve', points: line.join(' ') }));
  for (const { dose, gain, low, high } of points) {
    if (low !== null && high !== null)
      node.append(svg('line', { class: 'curve', x1: x(dose), x2: x(dose), y1: y(low), y2: y(high) }));
    if (gain !== null) node.append(svg('circle', { class: 'point', cx: x(dose), cy: y(gain), r: 3 }));
    node.append(svg('text', { x: x(dose), y: HEIGHT - 12, 'text-anchor': 'middle' }, String(dose)));
  }
  node.append(svg('text', { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 1, 'text-anchor': 'middle' }, knob));
  return node;
}

function panel(curve: DoseCurve): HTMLElement {
  const node = element('figure', {});
  const { metric, of } = curve.claim.test;
  node.append(
    element('figcaption', { textContent: curve.label }),
    element('div', {
      className: 'small',
      textContent: `${metricWords(metric)}, ${partWords(of, curve.points[0]?.world.scenarios ?? [])}`,
    }),
    picture(curve),
  );
  return node;
}

/** A picture a comparison of each paper that is stored at two doses or more. */
export function doseSection(data: ReportData, rows: readonly ClaimRow[]): HTMLElement {
  const section = element('section', { id: 'doses' });
  section.append(element('h2', { textContent: 'What a module gains as its cause grows' }));
  for (const paper of new Set(data.claims.map((claim) => claim.paper))) {
    const curves = doseCurves(rows, paper);
    if (curves.length === 0) continue;
    const panels = element('div', { className: 'panels' });
    panels.append(...curves.map(panel));
    section.append(element('h3', { textContent: data.titles[paper] ?? paper }), panels);
  }
  return section;
}
