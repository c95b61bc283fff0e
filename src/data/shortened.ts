/** A value as a sentence quotes it: on one line, and not longer than a person reads. */
export function shortened(text: string, most = 60): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Names one after the other, as many as a sentence holds: `a, b and 34 more`. */
export function listed(names: readonly string[], most = 300): string {
  const shown: string[] = [];
  let length = 0;
  for (const name of names.map((one) => shortened(one))) {
    length += name.length + 2;
    if (length > most) break;
    shown.push(name);
  }
  const left = names.length - shown.length;
  return left === 0 ? shown.join(', ') : `${shown.join(', ')} and ${left} more`;
}
