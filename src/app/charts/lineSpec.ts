/** What a chart of lines draws: its lines, and the numbers along x. */

export interface LineSpec {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  /** Dashed lines are means and medians; solid ones are scenarios. */
  readonly dash?: string;
  readonly width?: number;
  /** Scenario that the line belongs to, for highlighting. */
  readonly scenario?: string;
  /** The best that is possible, drawn as a thin line across. */
  readonly ceiling?: number | null;
  /** What that line is called, where it is no ceiling. */
  readonly ceilingName?: string;
  /** Keys of the lower and upper edge of a band behind the line, e.g. quartiles. */
  readonly band?: readonly [string, string];
  /** Marks the points themselves, where they are few. */
  readonly dots?: boolean;
  /** No line: it marks one point of another. */
  readonly mark?: boolean;
}

export type LinePoint = Readonly<Record<string, number | null>> & { readonly x: number };
