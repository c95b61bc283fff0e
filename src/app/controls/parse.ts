/** What people type into a setting, read: a value inside its range, or the sentence that says why not. */
import { roundTo, trimNumber } from '../format';
import type { SettingField } from '../../models/settings';

export type Read<V> =
  { readonly ok: true; readonly value: V } | { readonly ok: false; readonly reason: string };
type NumberField = Extract<SettingField, { type: 'int' | 'real' }>;
type WidthsField = Extract<SettingField, { type: 'widths' }>;

/** Decimal comma, thin spaces and the typographic minus are taken as people write them. */
function toNumber(text: string): number {
  const plain = text
    .trim()
    .replace(/[\s\u2009_]/g, '')
    .replace('−', '-')
    .replace(/^(-?\d*),(\d+)$/, '$1.$2');
  return plain === '' ? Number.NaN : Number(plain);
}

export function readNumber(field: NumberField, text: string): Read<number> {
  const value = toNumber(text);
  if (!Number.isFinite(value)) return { ok: false, reason: 'Type a number.' };
  if (field.type === 'int' && !Number.isInteger(value)) return { ok: false, reason: 'Type a whole number.' };
  if (value < field.min || value > field.max) {
    return { ok: false, reason: `From ${trimNumber(field.min)} to ${trimNumber(field.max)}.` };
  }
  return { ok: true, value };
}

/** The nearest allowed value, for leaving a field; null where there is no number to go by. */
export function nearest(field: NumberField, text: string): number | null {
  const value = toNumber(text);
  if (!Number.isFinite(value)) return null;
  const whole = field.type === 'int' ? Math.round(value) : value;
  return Math.min(field.max, Math.max(field.min, whole));
}

export function readWidths(field: WidthsField, text: string): Read<readonly number[]> {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const widths = parts.map(Number);
  if (parts.length === 0 || widths.some((width) => !Number.isInteger(width))) {
    return { ok: false, reason: 'Type whole numbers with commas between, e.g. 256, 128, 64.' };
  }
  if (parts.length > field.maxLayers) return { ok: false, reason: `At most ${field.maxLayers} layers.` };
  if (widths.some((width) => width < field.min || width > field.max)) {
    return { ok: false, reason: `Each from ${field.min} to ${field.max}.` };
  }
  return { ok: true, value: widths };
}

/** The value one arrow press away: a step on linear scales, ×2 or ÷2 (whole) or ×10^(1/3) on logarithmic ones. */
export function nudge(field: NumberField, value: number, direction: 1 | -1): number {
  const clamp = (next: number) => Math.min(field.max, Math.max(field.min, next));
  if (field.scale === 'log') {
    if (field.type === 'int') return clamp(Math.max(1, Math.round(direction > 0 ? value * 2 : value / 2)));
    if (value === 0) return direction > 0 ? clamp(Math.max(field.min, 1e-6)) : clamp(0);
    const ladder = [1, 2, 5, 10];
    const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
    const mantissa = value / power;
    const next =
      direction > 0
        ? (ladder.find((rung) => rung > mantissa * 1.001) ?? 10) * power
        : mantissa > 1.001
          ? [...ladder].reverse().find((rung) => rung < mantissa * 0.999)! * power
          : power / 2;
    return clamp(roundTo(next, 6));
  }
  const step = field.step ?? (field.type === 'int' ? 1 : (field.max - field.min) / 20);
  return clamp(roundTo(value + direction * step, 10));
}
