/**
 * Measures every twin against what is published and prints the table of docs/data.md: `npx tsx scripts/calibration.ts [size]`.
 */
import { calibrationOf, SIZES, simulate, TWINS, type SizeName } from '../src/data';

const size = (process.argv[2] ?? 'small') as SizeName;
if (!SIZES.includes(size)) {
  console.error(`There is no size “${size}”; choose one of ${SIZES.join(', ')}.`);
  process.exit(2);
}

console.log(
  '| twin | rows | share error (points) | click rate error | best published AUC | ceiling | headroom |',
);
console.log('|---|---|---|---|---|---|---|');
for (const twin of TWINS) {
  const dataset = await simulate({ twin: twin.id, size, seed: 1, knobs: {} });
  const { shareError, clickRateError, ceiling, headroom } = calibrationOf(dataset);
  const cells = [
    twin.id,
    dataset.rows.toLocaleString('en'),
    shareError.toFixed(3),
    `${(100 * clickRateError).toFixed(2)} %`,
    twin.published.best.toFixed(4),
    ceiling.toFixed(4),
    headroom.toFixed(4),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
