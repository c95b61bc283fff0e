/**
 * Measures every twin against what is published, and writes the tables of docs/data.md between their markers:
 * `npx tsx scripts/fidelity.ts [--write]`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fidelityOf, KNOBS, simulate, TWINS, WORLDS } from '../src/data';
import { parseCommandLine } from './commandLine.mjs';

const path = fileURLToPath(new URL('../docs/data.md', import.meta.url));

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The knobs of a form, with the edge that 0 removes. */
function knobTable(): string {
  return table(
    ['knob', 'range', 'edge', 'meaning', 'at 0'],
    KNOBS.map((knob) => [
      `\`${knob.name}\``,
      `${knob.min}–${knob.max}`,
      knob.edge ?? '',
      knob.meaning,
      knob.atZero,
    ]),
  );
}

async function fidelityTable(): Promise<string> {
  const rows: string[][] = [];
  for (const twin of TWINS) {
    const dataset = await simulate({ twin: twin.id, size: 'small', seed: 1, knobs: {} });
    const { shareError, clickRateError, ceiling, headroom } = fidelityOf(dataset);
    rows.push([
      twin.id,
      dataset.rows.toLocaleString('en'),
      shareError.toFixed(3),
      `${(100 * clickRateError).toFixed(2)} %`,
      twin.published?.best.toFixed(4) ?? '–',
      ceiling.toFixed(4),
      headroom?.toFixed(4) ?? '–',
    ]);
  }
  const heads = [
    'twin (small)',
    'rows',
    'share error (points)',
    'click rate error',
    'best published AUC',
    'ceiling',
    'headroom',
  ];
  return table(heads, rows);
}

/** Ceilings of the cause worlds at every dose, on the size that studies of `docs/evidence` train on. */
async function worldTable(): Promise<string> {
  const rows: string[][] = [];
  for (const { id, cause } of WORLDS) {
    const { paper, dose, doses, sentence } = cause!;
    const ceilings: string[] = [];
    for (const value of doses) {
      const dataset = await simulate({ twin: id, size: 'small', seed: 1, knobs: { [dose]: value } });
      ceilings.push(`${value}: ${fidelityOf(dataset).ceiling.toFixed(3)}`);
    }
    rows.push([id, paper, sentence, `\`${dose}\``, ceilings.join(', ')]);
  }
  return table(['world', 'paper', 'cause', 'dose', 'ceiling at each dose (small)'], rows);
}

function between(text: string, marker: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${marker} -->)[^]*?(<!-- /${marker} -->)`);
  return text.replace(pattern, (_, open: string, close: string) => `${open}\n\n${content}\n\n${close}`);
}

/** The twins take a minute; `--worlds` leaves their table as it is. */
const { values: asked } = parseCommandLine({
  options: {
    worlds: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const fidelity = asked.worlds ? null : await fidelityTable();
const worlds = await worldTable();
if (fidelity) console.log(fidelity);
console.log(worlds);
if (asked.write) {
  let text = between(between(readFileSync(path, 'utf8'), 'knobs', knobTable()), 'worlds', worlds);
  if (fidelity) text = between(text, 'fidelity', fidelity);
  writeFileSync(path, text);
}
