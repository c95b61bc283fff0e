/** The address bar: what it asks for, and the address of what is set. */
import { shortened } from '../../data/shortened';
import { tabIds } from '../pictures/tabs';
import { firstSetup, setupFromParams, setupToParams } from '../../training/setup';
import { LEARN_KEYS, readLearnView, screenNamed, writeLearnView } from './learnView';
import { pages } from './setup';
import { readReproduceView, REPRODUCE_KEYS, writeReproduceView } from './reproduceView';
import type { ReproduceView } from './reproduceView';
import type { LearnView } from './learnView';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunSetup } from '../../training/runRecord';
import type { PresetName } from '../../models/definition';
import type { Page, SetupState } from './setup';

/** What the address asks for. */
export interface Opening {
  readonly page: Page;
  readonly setup: ParsedSetup;
  readonly preset: PresetName;
  readonly tab: string | null;
  /** Name of the figure that leads the tab. */
  readonly picture: string | null;
  readonly autostart: boolean;
  readonly reproduce: ReproduceView;
  readonly learn: LearnView;
  readonly embed: string | null;
  /** Runs chosen on the Compare page. */
  readonly chosen: readonly string[];
  /** The one of them that the others are compared with. */
  readonly pinned: string | null;
  /** Whether the operations of one step of every run are listed in the console. */
  readonly trace: boolean;
  /** One sentence for each thing in the address that could not be taken. */
  readonly problems: readonly string[];
}

/** Chosen runs that an address names: more make one that nobody can pass on. */
const MOST_CHOSEN = 40;

/** What identifies a run. */
const IDENTITY = /^[\w-]{1,64}$/;

/** Parameters that belong to the page and not to the run's set-up. */
const PAGE_KEYS = [
  'page',
  'tab',
  'picture',
  'autostart',
  'trace',
  'curve',
  'run',
  'runs',
  'pin',
  'embed',
] as const;

export function openAddress(search: string): Opening {
  const params = new URLSearchParams(search);
  const nothingAsked = params.size === 0;
  const asked = params.get('page');
  const askedTab = params.get('tab');
  const picture = /^[\w-]{1,80}$/.exec(params.get('picture') ?? '')?.[0] ?? null;
  const autostart = params.get('autostart') === '1';
  const trace = params.get('trace') === '1';
  const looked = readReproduceView(params);
  const chosen = (params.get('runs') ?? '').split(',').filter((id) => IDENTITY.test(id));
  const pinned = IDENTITY.exec(params.get('pin') ?? '')?.[0] ?? null;
  const read = readLearnView(params);
  const embed = params.get('embed');
  for (const key of [...PAGE_KEYS, ...REPRODUCE_KEYS, ...LEARN_KEYS]) params.delete(key);
  const { setup, preset, problems } = setupFromParams(params);
  const page = pages.find((known) => known === asked) ?? 'lab';
  const unknown =
    asked !== null && page !== asked ? [`There is no page "${shortened(asked)}"; this is the lab.`] : [];
  const tab = tabIds.find((known) => known === askedTab) ?? null;
  if (askedTab !== null && tab === null)
    unknown.push(`There is no picture "${shortened(askedTab)}"; pictures are ${tabIds.join(', ')}.`);
  const alone = embed === null ? null : screenNamed(embed);
  return {
    page: alone ? 'learn' : page,
    setup: nothingAsked ? firstSetup() : setup,
    preset,
    tab,
    picture,
    autostart,
    trace,
    reproduce: looked.view,
    chosen: [...new Set(chosen)].slice(0, MOST_CHOSEN),
    pinned,
    learn: alone ?? read.view,
    embed,
    problems: [
      ...unknown,
      ...(page === 'reproduce' ? looked.problems : []),
      ...(page === 'learn' ? read.problems : []),
      ...problems,
    ],
  };
}

/** The address of what is set: only what differs from the default, but never nothing, which is a first visit's. */
export function addressOf(
  state: Pick<SetupState, 'page' | 'preset' | 'tab'> &
    Partial<Pick<SetupState, 'picture' | 'learn' | 'embed' | 'reproduce' | 'chosen' | 'pinned'>> & {
      readonly setup: RunSetup;
    },
): string {
  const params = setupToParams(state.setup, state.preset);
  if (state.page !== 'lab') params.set('page', state.page);
  if (state.tab !== null) params.set('tab', state.tab);
  if (state.picture) params.set('picture', state.picture);
  if (state.page === 'compare' && state.chosen && state.chosen.length > 0)
    params.set('runs', state.chosen.slice(0, MOST_CHOSEN).join(','));
  if (state.page === 'compare' && state.pinned) params.set('pin', state.pinned);
  if (state.page === 'reproduce' && state.reproduce) writeReproduceView(state.reproduce, params);
  if (state.page === 'learn' && state.learn) writeLearnView(state.learn, params);
  if (state.embed) params.set('embed', state.embed);
  const text = params.toString();
  return `?${text === '' ? new URLSearchParams({ dataset: state.setup.dataset }).toString() : text}`;
}
