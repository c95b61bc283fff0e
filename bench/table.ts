/** The benchmark's results as a Markdown table. */
import type { BenchResult } from './run';

const columns = [
  'model',
  'backend',
  'batch',
  'ms a step',
  'best',
  'JS ms',
  'dispatches',
  'samples/s',
  'MB held',
  'first step ms',
  'least',
  'PyTorch best',
  'ratio',
];

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const mebibytes = (bytes: number): string => round(bytes / 2 ** 20);

const round = (value: number, digits = 1): string => value.toFixed(digits);

export function table(results: readonly BenchResult[]): string {
  const rows = results.map((result) => [
    result.case,
    [
      result.backend,
      ...(result.browser ? [result.browser] : []),
      ...(result.threads > 1 ? [`${result.threads} threads`] : []),
    ].join(', '),
    String(result.batch),
    round(result.msPerStep),
    round(result.bestMsPerStep),
    round(result.jsMsPerStep),
    String(result.dispatchesPerStep),
    round(result.samplesPerSecond, 0),
    mebibytes(result.gpuBytes ?? result.bytes),
    round(result.firstStepMs, 0),
    result.roofline ? round(result.roofline.floorMs) : '–',
    result.peer ? round(result.peer.bestMsPerStep) : '–',
    result.ratio === null ? '–' : round(result.ratio, 2),
  ]);
  return markdown(columns, rows);
}

/** What a step costs as the number of scenarios grows: a row a model and number. */
export function scalingTable(results: readonly BenchResult[]): string {
  const rows = results.map((result) => [
    result.case,
    String(result.scenarios),
    String(result.parameters),
    round(result.bestMsPerStep),
    result.growth === null ? '–' : `**${round(result.growth, 2)}**`,
    mebibytes(result.bytes),
    mebibytes(result.peakBytes),
  ]);
  return markdown(['model', 'scenarios', 'parameters', 'ms a step', 'times', 'MB held', 'MB at most'], rows);
}
