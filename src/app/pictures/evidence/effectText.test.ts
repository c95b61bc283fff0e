import { expect, it } from 'vitest';
import { effectText } from './Forest';

it('what was not run has no effect, and no figure that came out undefined', () => {
  expect(effectText({ verdict: 'not run', effect: null, interval: null })).toBe('–');
  expect(effectText({ verdict: 'undecided', effect: null, interval: null })).toBe('undefined');
  expect(effectText({ verdict: 'undecided', effect: 0.0031, interval: null })).toBe('+0.0031, one seed');
});
