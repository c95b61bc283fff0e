import type { ColumnMapping } from './mapping';

/** What a known schema says of one column. */
export type SchemaColumn = Omit<ColumnMapping, 'column'>;

/** The columns of a file that public research code distributes, and the role of each. */
export interface KnownSchema {
  readonly id: string;
  readonly title: string;
  /** Names (lower case) that such a file must have. */
  readonly requires: readonly string[];
  /** Names given to the columns of files without a header, with the number of columns that tells them. */
  readonly headerless?: { readonly delimiters: readonly string[]; readonly names: readonly string[] };
  /** Roles by name (lower case); the first pattern that matches counts. */
  readonly columns: readonly (readonly [RegExp, SchemaColumn])[];
  readonly userId: string | null;
  readonly itemId: string | null;
  /** Ratings from this on count as positive. */
  readonly threshold?: number;
  /** One sentence that says what the schema lacks, or null. */
  readonly note: string | null;
}

const user = (meaning: string, more: Partial<SchemaColumn> = {}): SchemaColumn => ({
  role: 'user',
  meaning,
  ...more,
});
const item = (meaning: string, more: Partial<SchemaColumn> = {}): SchemaColumn => ({
  role: 'item',
  meaning,
  ...more,
});
const context = (meaning: string, more: Partial<SchemaColumn> = {}): SchemaColumn => ({
  role: 'context',
  meaning,
  ...more,
});
const numeric = (side: 'user' | 'item' | 'context', meaning: string): SchemaColumn => ({
  role: 'numeric',
  side,
  meaning,
});
const ignore = (meaning: string): SchemaColumn => ({ role: 'ignore', meaning });
const label = (meaning: string): SchemaColumn => ({ role: 'label', meaning });
const scenario = (meaning: string): SchemaColumn => ({ role: 'scenario', meaning });

const secondLabel = 'A second label, known only after the click: never a feature.';

/** Ali-CCP's field numbers, as its data card explains them. */
const alicppFields: readonly (readonly [RegExp, SchemaColumn])[] = [
  [/^click$/, label('Whether the impression was clicked.')],
  [/^purchase$/, ignore(secondLabel)],
  [/^101$/, user('User id.')],
  [/^121$/, user('User: profile category.')],
  [/^122$/, user('User: profile group.')],
  [/^124$/, user('User: gender.')],
  [/^125$/, user('User: age level.')],
  [/^126$/, user('User: consumption level, first scale.')],
  [/^127$/, user('User: consumption level, second scale.')],
  [/^128$/, user('User: whether working.')],
  [/^129$/, user('User: geography.')],
  [/^109_14$/, user('User: category of earlier behaviours.')],
  [/^110_14$/, user('User: shop of earlier behaviours.')],
  [/^127_14$/, user('User: brand of earlier behaviours.')],
  [/^150_14$/, user('User: intention node of earlier behaviours.')],
  [/^205$/, item('Item id.')],
  [/^206$/, item('Item: category.')],
  [/^207$/, item('Item: shop.')],
  [/^210$/, item('Item: intention node.')],
  [/^216$/, item('Item: brand.')],
  [/^508$/, context('User with the category of the item.')],
  [/^509$/, context('User with the shop of the item.')],
  [/^702$/, context('User with the brand of the item.')],
  [/^853$/, context('User with the intention node of the item.')],
];

export const knownSchemas: readonly KnownSchema[] = [
  {
    id: 'aliccp-aread',
    title: 'Ali-CCP, AREAD form',
    requires: ['click', 'purchase', 'userid', 'itemid', 'domain', 'train_tag', '508', '301'],
    columns: [
      [/^userid$/, user('User id.')],
      [/^itemid$/, item('Item id.')],
      [/^domain$/, scenario('Domain of the item.')],
      [
        /^train_tag$/,
        { role: 'split', meaning: '0 training, 1 validation, 2 test, as the file was published.' },
      ],
      [/^301$/, context('Place on the page.', { scenarioSpecific: true })],
      [/^d(109_14|110_14|127_14|150_14)$/, user('User: strength of earlier behaviours, in steps.')],
      [
        /^d(508|509|702|853)$/,
        context('Strength of the user’s earlier behaviour towards such items, in steps.'),
      ],
      ...alicppFields,
    ],
    userId: 'userid',
    itemId: 'itemid',
    note: null,
  },
  {
    id: 'aliccp-raw',
    title: 'Ali-CCP, raw fields (torch-rechub form)',
    requires: ['click', 'purchase', '101', '121', '205', '206', '301'],
    columns: [
      [/^301$/, scenario('Place on the page, the three scenarios of Ali-CCP.')],
      [/^d(109_14|110_14|127_14|150_14)$/, numeric('user', 'User: strength of earlier behaviours.')],
      [
        /^d(508|509|702|853)$/,
        numeric('context', 'Strength of the user’s earlier behaviour towards such items.'),
      ],
      ...alicppFields,
    ],
    userId: '101',
    itemId: '205',
    note: null,
  },
  {
    id: 'aliexpress',
    title: 'AliExpress search',
    requires: ['categorical_1', 'numerical_1', 'click', 'conversion'],
    columns: [
      [/^(search_id|session_id|unnamed: 0)$/, ignore('Number of the search.')],
      [/^click$/, label('Whether the item was clicked.')],
      [/^(conversion|purchase|pay)$/, ignore(secondLabel)],
      [/^(country|country_id|market|domain|domain_indicator|scenario)$/, scenario('Country of the market.')],
      [/^categorical_\d+$/, context('Categorical feature; the publishers do not say of what.')],
      [/^numerical_\d+$/, numeric('context', 'Numeric feature; the publishers do not say of what.')],
    ],
    userId: null,
    itemId: null,
    note: 'A file of one country holds one scenario; put the countries’ files together with a column “country” to train across them.',
  },
  {
    id: 'amazon-aread',
    title: 'Amazon reviews, AREAD form',
    requires: ['userid', 'itemid', 'domain', 'label', 'timestamp', 'user_pos_6month_seq'],
    columns: [
      [/^userid$/, user('User id.')],
      [/^itemid$/, item('Item id.')],
      [/^weekday$/, context('Day of the week, 0 Monday.')],
      [/^domain$/, scenario('Store category of the item.')],
      [/^sales_chart$/, item('Item: best-seller chart that ranks it.')],
      [/^sales_rank$/, item('Item: place in that chart, in steps.')],
      [/^brand$/, item('Item: brand.')],
      [/^price$/, item('Item: price, in steps.')],
      [/^label$/, label('Whether the user rated the item above their own mean.')],
      [/^timestamp$/, { role: 'time', meaning: 'Time of the review, in seconds.' }],
      [
        /^user_pos_6month_seq$/,
        {
          role: 'sequence',
          side: 'user',
          use: 'history',
          meaning: 'Items that the user liked in the last six months, oldest first.',
        },
      ],
      [
        /^user_(pos|neg)_\d+month_seq$/,
        {
          role: 'sequence',
          side: 'user',
          use: 'length',
          meaning: 'How many items the user liked (pos) or did not (neg) in that time.',
        },
      ],
    ],
    userId: 'userid',
    itemId: 'itemid',
    note: null,
  },
  {
    id: 'kuairand',
    title: 'KuaiRand',
    requires: ['user_id', 'video_id', 'is_click', 'tab'],
    columns: [
      [/^user_id$/, user('User id.')],
      [/^video_id$/, item('Video id.')],
      [/^is_click$/, label('Whether the video was clicked.')],
      [/^tab$/, scenario('Tab of the app on which the video was shown.')],
      [/^time_ms$/, { role: 'time', meaning: 'Time of the impression, in milliseconds.' }],
      [/^(date|hourmin)$/, ignore('Said more finely by time_ms.')],
      [/^(is_like|is_follow|is_comment|is_forward|is_hate|long_view|is_profile_enter)$/, ignore(secondLabel)],
      [
        /^(play_time_ms|profile_stay_time|comment_stay_time)$/,
        ignore('Known only after the click: never a feature.'),
      ],
      [/^is_rand$/, context('Whether the video was shown at random.', { scenarioSpecific: true })],
      [
        /^(duration_ms|video_duration|server_width|server_height)$/,
        numeric('item', 'Video: length or size.'),
      ],
      [/^(follow_user_num|fans_user_num|friend_user_num|register_days)$/, numeric('user', 'User: count.')],
      [
        /^(video_type|visible_status|author_id|music_id|music_type|upload_type|tag|upload_dt)$/,
        item('Video: attribute.'),
      ],
      [/^(user_active_degree|is_\w+|\w+_range|onehot_feat\d+)$/, user('User: attribute.')],
    ],
    userId: 'user_id',
    itemId: 'video_id',
    note: null,
  },
  {
    id: 'movielens-joined',
    title: 'MovieLens, joined table',
    requires: ['user_id', 'movie_id', 'rating', 'gender', 'age', 'occupation'],
    columns: [
      [/^user_id$/, user('User id.')],
      [/^movie_id$/, item('Movie id.')],
      [/^rating$/, label('Rating, 1 to 5.')],
      [/^timestamp$/, { role: 'time', meaning: 'Time of the rating, in seconds.' }],
      [/^(domain|domain_indicator|scenario)$/, scenario('Group of users.')],
      [/^age$/, scenario('Age group of the user.')],
      [/^(gender|occupation|zip|zip_code|zipcode)$/, user('User: attribute.')],
      [/^(genres|genre|cate_id)$/, item('Movie: first genre.', { first: true })],
      [/^(title|movie_title)$/, ignore('Says no more than the movie id.')],
    ],
    userId: 'user_id',
    itemId: 'movie_id',
    threshold: 4,
    note: 'Age groups are the scenarios, as multi-scenario papers use MovieLens; bring some together in the mapping if they are small.',
  },
  {
    id: 'movielens-csv',
    title: 'MovieLens, ratings.csv',
    requires: ['userid', 'movieid', 'rating', 'timestamp'],
    columns: [
      [/^userid$/, user('User id.')],
      [/^movieid$/, item('Movie id.')],
      [/^rating$/, label('Rating, 0.5 to 5.')],
      [/^timestamp$/, { role: 'time', meaning: 'Time of the rating, in seconds.' }],
    ],
    userId: 'userid',
    itemId: 'movieid',
    threshold: 4,
    note: 'Ratings alone name no scenario; join users or movies to have one (age group, genre).',
  },
  {
    id: 'movielens-dat',
    title: 'MovieLens, ratings.dat or u.data',
    requires: ['user_id', 'movie_id', 'rating', 'timestamp'],
    headerless: { delimiters: ['::', '\t'], names: ['user_id', 'movie_id', 'rating', 'timestamp'] },
    columns: [
      [/^user_id$/, user('User id.')],
      [/^movie_id$/, item('Movie id.')],
      [/^rating$/, label('Rating, 1 to 5.')],
      [/^timestamp$/, { role: 'time', meaning: 'Time of the rating, in seconds.' }],
    ],
    userId: 'user_id',
    itemId: 'movie_id',
    threshold: 4,
    note: 'Ratings alone name no scenario; join users or movies to have one (age group, genre).',
  },
  {
    id: 'douban',
    title: 'Douban',
    requires: ['user_id', 'item_id', 'rating', 'domain', 'living_place'],
    columns: [
      [/^user_id$/, user('User id.')],
      [/^item_id$/, item('Item id.')],
      [/^rating$/, label('Whether the user rated the item well, or the rating.')],
      [/^domain$/, scenario('Book, movie or music.')],
      [/^living_place$/, user('User: where they live.')],
      [/^join_time$/, ignore('Day on which the user joined; time_bin is its month.')],
      [/^time_bin$/, user('User: month in which they joined.')],
      [/^(timestamp|time|rating_time)$/, { role: 'time', meaning: 'Time of the rating.' }],
    ],
    userId: 'user_id',
    itemId: 'item_id',
    threshold: 4,
    note: 'Its only dates say when a user joined, not when they rated, so they give rows no order.',
  },
  {
    id: 'mind',
    title: 'MIND',
    requires: ['user_id', 'news_id', 'label', 'category'],
    columns: [
      [/^user_id$/, user('User id.')],
      [/^news_id$/, item('News id.')],
      [/^label$/, label('Whether the news was clicked.')],
      [/^category$/, scenario('Category of the news.')],
      [/^subcategory$/, item('News: subcategory.')],
      [/^(time|timestamp)$/, { role: 'time', meaning: 'Time of the impression.' }],
      [
        /^(history|hist)$/,
        { role: 'sequence', side: 'user', use: 'history', meaning: 'News that the user read before.' },
      ],
      [/^(title|abstract|url|\w+_entities)$/, ignore('Text; not read here.')],
    ],
    userId: 'user_id',
    itemId: 'news_id',
    note: null,
  },
  {
    id: 'cloudtheme-aread',
    title: 'CloudTheme, AREAD form',
    requires: ['userid', 'itemid', 'domain', 'leaf_cate_id', 'cate_level1_id', 'click'],
    columns: [
      [/^userid$/, user('User id.')],
      [/^itemid$/, item('Item id.')],
      [/^domain$/, scenario('Theme.')],
      [/^(leaf_cate_id|cate_level1_id)$/, item('Item: category.')],
      [/^click$/, label('Whether the item was clicked.')],
      [
        /^train_tag$/,
        { role: 'split', meaning: '0 training, 1 validation, 2 test, as the file was published.' },
      ],
      [/^(timestamp|time)$/, { role: 'time', meaning: 'Time of the impression.' }],
    ],
    userId: 'userid',
    itemId: 'itemid',
    note: null,
  },
];

/** The schema whose required columns all stand in the file, the most demanding first; null for a file of one's own. */
export function recogniseSchema(names: readonly string[]): KnownSchema | null {
  const have = new Set(names.map((name) => name.toLowerCase()));
  let best: KnownSchema | null = null;
  for (const schema of knownSchemas) {
    if (!schema.requires.every((name) => have.has(name))) continue;
    if (!best || schema.requires.length > best.requires.length) best = schema;
  }
  return best;
}

export function findSchema(id: string | null): KnownSchema | null {
  return knownSchemas.find((schema) => schema.id === id) ?? null;
}
