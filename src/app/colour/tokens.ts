/** Colours of `styles/tokens.css` for drawings in SVG and HTML. They follow the theme by themselves. */
export const INK = 'var(--ink)';
export const INK_SOFT = 'var(--ink-2)';
/** Lines that are no scenarios, such as loss terms. */
export const TERM_COLOURS: readonly string[] = [1, 2, 3, 4, 5, 6].map((k) => `var(--term-${k})`);

/** Colours of what is printed, whatever the theme is. */
export const PRINT = { ink: '#14171b', rule: '#8a9099', paper: '#ffffff' } as const;
