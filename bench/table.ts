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
  'PyTorch best',
  'ratio',
];

const round = (value: number, digits = 1): string => value.toFixed(digits);

export function table(results: readonly BenchResult[]): string {
  const rows = results.map((result) => [
    result.case,
    result.threads > 1 ? `${result.backend}, ${result.threads} threads` : result.backend,
    String(result.batch),
    round(result.msPerStep),
    round(result.bestMsPerStep),
    round(result.jsMsPerStep),
    String(result.dispatchesPerStep),
    round(result.samplesPerSecond, 0),
    round((result.gpuBytes ?? result.bytes) / 2 ** 20),
    round(result.firstStepMs, 0),
    result.peer ? round(result.peer.bestMsPerStep) : '–',
    result.ratio === null ? '–' : round(result.ratio, 2),
  ]);
  return [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
