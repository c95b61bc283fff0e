import type { ColumnMapping, ImportRole, Side } from './mapping';
import type { ColumnProfile } from './profile';
import type { SchemaColumn } from './schemas';
import { coarseness } from './timeUnits';

/** Words of a column's name: `userAgeLevel`, `user_age_level` and `USER-AGE-LEVEL` are the same three. */
export function nameWords(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

const userWords = new Set(
  'user uid usr member customer buyer visitor viewer age gender sex city province living occupation profession zip zipcode register registered fans follow follower friend income education device'.split(
    ' ',
  ),
);
const itemWords = new Set(
  'item iid video movie film news product goods sku asin ad adgroup campaign creative article song track music book author seller shop store merchant brand price category cate cat subcategory genre genres title tag topic sales publisher'.split(
    ' ',
  ),
);
const scenarioNames = [
  /^(scenario|scene)(_?(id|name|code|indicator))?$/,
  /^(domain|domain_indicator|domain_id)$/,
  /^(tab|channel|market|country|site|surface|placement|page_type|entrance|pid|business|biz|portal|locale)(_?id)?$/,
];
const labelNames = [
  /^(label|target|y|is_click|click|clicked|clk|if_click|click_label)$/,
  /^(rating|ratings|score|stars|overall|review_rating)$/,
  /^(conversion|convert|purchase|purchased|is_buy|buy|like|is_like|finish|long_view|response|interaction)$/,
];
const splitNames = /^(split|train_tag|fold|set|subset|partition|is_train|is_test|phase|data_?split)$/;
const timeNames =
  /(^|_)(time|timestamp|ts|datetime|date|time_?ms|unixtime|unix|epoch|event_?time|created(_?at)?|at|when|day|hour|time_?bin|dt|\w+(time|timestamp|date))(_|$)/;
/** Dates of a person or a thing, not of a row. */
const otherDates = /join|birth|regist|release|publish|expir|sign_?up|update/;
/** Indices that pandas and its kin write beside the columns. */
const indexNames = /^(unnamed_0(_\d+)*|index_level_\d+|level_0|index|row_?(id|names?|number|num|nr)?)$/;
const weightNames = /^(weight|sample_weight|importance|propensity_weight)$/;
const outcomeNames =
  /(^|_)(purchase|purchased|conversion|convert|pay|paid|buy|bought|order|ordered|play_?time|watch_?time|watch_?ratio|dwell|dwell_?time|stay_?time|like|is_like|follow|is_follow|comment|is_comment|forward|is_forward|share|is_share|hate|is_hate|long_?view|cvr|finish|finished|favou?rite|cart|add_?to_?cart)(_?(ms|label|s|sec|seconds))?$/;
const idWords = new Set(
  'id ids code type level flag cate category class group segment slot position pos hour weekday month day'.split(
    ' ',
  ),
);
const amountWords = new Set(
  'num count cnt amount days price cost ratio rate score avg mean sum total max min std duration length width height size ms seconds age views sales rank distance numerical dense ctr'.split(
    ' ',
  ),
);

/** Why a column is the time although its name does not say so. */
export const onlyDates = 'Its values are dates, and no other column orders rows.';

export interface Proposal extends SchemaColumn {
  /** One sentence: why this role. */
  readonly reason: string;
}

/** Whose property a column is by its name. */
function guessSide(name: string): Side {
  // `userid` is `user_id` too.
  const words = nameWords(name).map((word) => word.replace(/(?<=.{3})ids?$/, ''));
  if (words.some((word) => userWords.has(word)) || /^u(ser)?\d*$/.test(words[0] ?? '')) return 'user';
  if (words.some((word) => itemWords.has(word))) return 'item';
  return 'context';
}

/** The order in which columns of one name class are preferred; lower is better, null is no match. */
function rank(name: string, patterns: readonly RegExp[]): number | null {
  const plain = nameWords(name).join('_');
  const at = patterns.findIndex((pattern) => pattern.test(plain));
  return at < 0 ? null : at;
}

function best(
  profiles: readonly ColumnProfile[],
  score: (profile: ColumnProfile) => number | null,
): ColumnProfile | null {
  let found: ColumnProfile | null = null;
  let least = Infinity;
  for (const profile of profiles) {
    const value = score(profile);
    if (value !== null && value < least) [found, least] = [profile, value];
  }
  return found;
}

/** Names that mean an id whatever else there is, the plainest first. */
const plainIds = {
  user: ['user_id', 'userid', 'uid', 'user', 'user_no', 'usr_id', 'member_id', 'customer_id', 'visitor_id'],
  item: [
    'item_id',
    'itemid',
    'iid',
    'item',
    'item_no',
    'video_id',
    'news_id',
    'movie_id',
    'product_id',
    'asin',
  ],
} as const;

/** The id column of one side: it has the plainest name for one, else its name says so and it has the most values. */
function findId(profiles: readonly ColumnProfile[], side: 'user' | 'item'): ColumnProfile | null {
  return best(profiles, (p) => {
    if (
      guessSide(p.name) !== side ||
      p.kind === 'list' ||
      p.kind === 'decimal' ||
      p.kind === 'empty' ||
      p.kind === 'date'
    )
      return null;
    const words = nameWords(p.name);
    const named =
      words.includes('id') ||
      words.some((word) => /^(uid|iid|\w{3,}ids?|asin|sku)$/.test(word)) ||
      words.length === 1;
    const foreign = words.some((word) =>
      /^(category|cate|cat|brand|shop|seller|author|city|genre|tag|campaign|age|gender|sex|price|title)$/.test(
        word,
      ),
    );
    if (!named || foreign) return null;
    const plain = plainIds[side].findIndex((name) => name === words.join('_'));
    return plain >= 0 ? -Number.MAX_SAFE_INTEGER + plain : -p.distinct;
  });
}

/** Roles for a file of one's own, from names and values. */
export function proposeRoles(profiles: readonly ColumnProfile[]): Map<string, Proposal> {
  const roles = new Map<string, Proposal>();
  const give = (profile: ColumnProfile | null, role: ImportRole, reason: string): void => {
    if (profile && !roles.has(profile.name)) roles.set(profile.name, { role, reason });
  };
  const label = best(profiles, (p) => {
    const r = rank(p.name, labelNames);
    if (
      r === null ||
      (p.kind !== 'integer' && p.kind !== 'decimal' && !(p.kind === 'text' && p.distinct === 2))
    )
      return null;
    return p.distinct > 100 ? null : r * 10 + (p.distinct === 2 ? 0 : 1);
  });
  give(label, 'label', 'Its name and its values are those of a label.');
  const open = (): ColumnProfile[] => profiles.filter((p) => !roles.has(p.name));
  give(
    best(open(), (p) =>
      splitNames.test(nameWords(p.name).join('_')) && p.distinct >= 2 && p.distinct <= 5 ? 0 : null,
    ),
    'split',
    'Its few values say which rows are for training.',
  );
  give(
    best(open(), (p) => {
      const r = rank(p.name, scenarioNames);
      return r === null || p.distinct > 2000 || p.kind === 'list' || p.kind === 'decimal' ? null : r;
    }),
    'scenario',
    'Its name and its few values are those of a scenario.',
  );
  give(
    best(open(), (p) => {
      if (!timeNames.test(nameWords(p.name).join('_')) || otherDates.test(p.name.toLowerCase())) return null;
      if (p.timeUnit !== null) return coarseness(p.timeUnit);
      return p.kind === 'integer' && /bin/.test(p.name.toLowerCase()) && p.distinct > 9 ? 3 : null;
    }),
    'time',
    'Its name and its values are those of a time.',
  );
  if (![...roles.values()].some(({ role }) => role === 'time')) {
    const dates = open().filter(
      (p) =>
        p.kind === 'date' && p.timeUnit !== null && p.distinct > 1 && !otherDates.test(p.name.toLowerCase()),
    );
    if (dates.length === 1) give(dates[0]!, 'time', onlyDates);
  }
  give(
    best(open(), (p) =>
      weightNames.test(nameWords(p.name).join('_')) && (p.min === null ? p.numbers > 0 : p.min >= 0)
        ? 0
        : null,
    ),
    'weight',
    'Its name is that of a row weight.',
  );
  give(findId(open(), 'user'), 'user', 'It identifies the user.');
  give(findId(open(), 'item'), 'item', 'It identifies the item.');
  for (const profile of open()) roles.set(profile.name, proposeFeature(profile, label !== null));
  return roles;
}

/** A role for a column that is neither label nor order nor id. */
function proposeFeature(profile: ColumnProfile, hasLabel: boolean): Proposal {
  const { name, kind, distinct } = profile;
  const words = nameWords(name);
  const side = guessSide(name);
  if (words[0] === 'truth') return { role: 'truth', reason: 'Only a simulator knows it: no model sees it.' };
  if (kind === 'empty') return { role: 'ignore', reason: 'It is empty.' };
  if (distinct === 1 && profile.missing === 0) return { role: 'ignore', reason: 'It holds one value only.' };
  if (hasLabel && outcomeNames.test(words.join('_')) && kind !== 'text' && kind !== 'list') {
    return {
      role: 'ignore',
      reason: 'By its name it is known only after the impression, so it would give the label away.',
    };
  }
  if (indexNames.test(words.join('_')) && kind === 'integer')
    return { role: 'ignore', reason: 'It numbers rows, as an index does.' };
  if (words.join('_') === 'id' && distinct === profile.filled && distinct > 1)
    return { role: 'ignore', reason: 'It is different in every row, so it numbers rows.' };
  if (
    /^(column_1|request_?id|session_?id|search_?id|impression_?id|log_?id|trace_?id)$/.test(
      words.join('_'),
    ) &&
    distinct > 0.5 * profile.filled
  ) {
    return { role: 'ignore', reason: 'It numbers rows or requests.' };
  }
  if (kind === 'list') {
    if (
      words.some((word) => /^(seq|sequence|hist|history|list|clicks|behaviou?rs?)$/.test(word)) ||
      (profile.meanLength ?? 0) > 4
    ) {
      return { role: 'sequence', side: 'user', use: 'length', reason: 'Its cells are lists.' };
    }
    return { role: side, first: true, reason: 'Its cells are short lists; the first entry is kept.' };
  }
  if (kind === 'decimal') return { role: 'numeric', side, reason: 'It holds decimal numbers.' };
  if (kind === 'date') return { role: 'ignore', reason: 'It is a date that is not the time of the row.' };
  if (kind === 'integer') {
    const amount = words.some((word) => amountWords.has(word)) && !words.some((word) => idWords.has(word));
    if ((amount && distinct > 16) || (profile.timeUnit !== null && distinct > 16))
      return { role: 'numeric', side, reason: 'Its name and its values are those of an amount.' };
  }
  if (kind === 'text' && distinct > 100 && distinct > 0.5 * profile.filled)
    return { role: 'ignore', reason: 'Nearly every row has a text of its own.' };
  return {
    role: side,
    reason:
      side === 'context'
        ? 'Nothing says whose it is, so it counts as context.'
        : `By its name it describes the ${side}.`,
  };
}

/** A proposal as a column mapping: what a person reads becomes the field's meaning where the schema's publisher gives one. */
export function toColumnMapping(column: string, proposal: Proposal): ColumnMapping {
  const { reason: _, ...mapping } = proposal;
  return { column, ...mapping };
}
