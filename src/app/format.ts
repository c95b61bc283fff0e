/** Numbers as people read them: as many digits as they have meaning, `null` as "undefined", never NaN. */

const UNDEFINED = 'undefined';

function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const text = value.toFixed(digits);
  // A rounded negative zero would read as a difference that is not there.
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** AUC, four digits. */
export function formatAuc(value: number | null | undefined): string {
  return fixed(value, 4);
}

/** Log loss, four digits. */
export function formatLoss(value: number | null | undefined): string {
  return fixed(value, 4);
}

/** A share 0…1 as a percentage: `3.81 %`; small shares keep two meaningful digits. */
export function formatPercent(value: number | null | undefined, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const percent = value * 100;
  const places = digits ?? (Math.abs(percent) >= 10 ? 1 : 2);
  return `${fixed(percent, places)} %`;
}

/** RelaImpr as a signed percentage: `+1.96 %`. */
export function formatSignedPercent(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const text = fixed(value * 100, digits);
  return `${Number(text) > 0 ? '+' : ''}${text.replace('-', '−')} %`;
}

/** A signed difference, e.g. of AUC: `+0.0021`. */
export function formatSigned(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const text = fixed(value, digits);
  return `${Number(text) > 0 ? '+' : ''}${text.replace('-', '−')}`;
}

/** A ratio such as calibration, two digits. */
export function formatRatio(value: number | null | undefined): string {
  return fixed(value, 2);
}

/** A count with thin group marks: `12 345`. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** A number of unknown size with three meaningful digits: `0.00321`, `12.3`, `4 560`. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10 ** digits) return (value < 0 ? '−' : '') + formatCount(size);
  if (size < 1e-4)
    return value
      .toExponential(Math.max(0, digits - 2))
      .replace('-', '−')
      .replace('e−', 'e-');
  return Number(value.toPrecision(digits)).toString().replace('-', '−');
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes in decimal units: `12.3 MB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return UNDEFINED;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]!}`;
}

/** A duration in seconds as people say it: `8 s`, `2 min 05 s`, `1 h 12 min`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNDEFINED;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** The value of a setting as text: `256, 128, 64`, `on`, `0.001`. */
export function formatSetting(value: number | boolean | string | readonly number[]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return trimNumber(value);
  if (typeof value === 'string') return value;
  return value.map(trimNumber).join(', ');
}

/** A number without noise digits, exact enough to type back: `0.001`, `1e-5`. */
export function trimNumber(value: number): string {
  const text = String(Number(value.toPrecision(12)));
  return /^0\.0000+/.test(text) ? value.toExponential().replace('e-0', 'e-') : text;
}
