/** What a story is made of. Texts are plain; `[[term]]` or `[[term|as written]]` marks a word of the glossary, `*word*` stress. */
import type { SettingValue } from '../../../models/settings';
import type { StoryId } from '../../store/learnView';

export interface ScreenText {
  readonly title: string;
  readonly text: readonly string[];
}

/** What of a portrait's crowd shows the story's cause. */
export type CrowdKind = 'tastes' | 'promoted' | 'signals' | 'places' | 'domains';

export interface GraphStory {
  /** Names that stand on the nodes; left out: the node's own label. */
  readonly names: Readonly<Record<string, string>>;
  /** The arrow that the paper is about, `from-to`. */
  readonly lead: string;
  /** What is said of an arrow as it is now: drawn, and cut. Only these can be pressed. */
  readonly edges: Readonly<Record<string, { readonly kept: string; readonly cut: string }>>;
}

/** One switch with the two values that are compared: with the paper's part, and without. */
export interface StorySwitch {
  readonly name: string;
  readonly first: SettingValue;
  readonly second: SettingValue;
}

export interface PredictStory {
  readonly question: string;
  /** Parameters of an address that differ from the default: model, settings, training. */
  readonly setup: Readonly<Record<string, string>>;
  readonly by: StorySwitch;
  /** How the two are called. */
  readonly names: readonly [string, string];
  /** What can be predicted: each scenario, or the large against the small. */
  readonly among: 'scenarios' | 'sizes';
  /** What is said of dose 0, as a hope and not as a finding. */
  readonly atZero: string;
}

export type Exercise = {
  readonly question: string;
  /** Said once an answer is right. */
  readonly why: string;
} & (
  | { readonly kind: 'number'; readonly answer: number; readonly within: number; readonly unit?: string }
  | { readonly kind: 'choice'; readonly options: readonly string[]; readonly answer: number }
);

export interface Story {
  readonly id: StoryId;
  readonly title: string;
  /** One sentence for the list. */
  readonly summary: string;
  /** Id of the paper's model; null for the story before all papers. */
  readonly paper: string | null;
  /** The cause world, and which two of its scenarios a person is shown in. */
  readonly world: string;
  readonly pair: readonly [number, number];
  readonly crowd: CrowdKind;
  /** Person, graph, inside, predict, limits. */
  readonly screens: readonly [ScreenText, ScreenText, ScreenText, ScreenText, ScreenText];
  readonly graph: GraphStory;
  readonly predict: PredictStory;
  /** Claims of the paper that the story tells of, by what they are about and not by what became of them; eight at most. */
  readonly claims: readonly string[];
  readonly exercises: readonly [Exercise, Exercise, Exercise];
}
