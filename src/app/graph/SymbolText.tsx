/** How far a small letter is lowered or raised, in sizes of the letters around it. */
const SHIFT = 0.35;

/** `x_c` and `r^n` with their small letters lowered and raised, as papers print them, for use in an SVG text. */
export function SymbolText({ text }: { readonly text: string }) {
  const parts = text.split(/([_^][\p{L}\p{N}]+)/u).filter((part) => part !== '');
  return parts.map((part, k) => {
    const way = part.startsWith('_') ? 1 : part.startsWith('^') ? -1 : 0;
    const before = parts[k - 1] ?? '';
    // What follows a small letter goes back to the line.
    const back = before.startsWith('_') ? -1 : before.startsWith('^') ? 1 : 0;
    if (way === 0 && back === 0) return part;
    return (
      <tspan
        key={k}
        dy={`${(way === 0 ? 1 : 1 / 0.75) * SHIFT * (way === 0 ? back : way)}em`}
        fontSize={way === 0 ? undefined : '75%'}
      >
        {way === 0 ? part : part.slice(1)}
      </tspan>
    );
  });
}
