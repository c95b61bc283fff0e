/** A table of a report: its heads sort it, a filter chooses rows. */

/** An element with properties. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}

type SortKey = string | number | null | undefined;

export interface Column<Row> {
  readonly label: string;
  readonly number?: boolean;
  readonly text?: (row: Row) => string;
  readonly node?: (row: Row) => HTMLElement;
  /** What the column is sorted by; without it, it is not. Undefined values stand last. */
  readonly key?: (row: Row) => SortKey;
  /** Name of the cell for scripts: `data-<field>`, with the whole number. */
  readonly field?: string;
}

/** Undefined last, in either direction. */
function compare(a: SortKey, b: SortKey, direction: 1 | -1): number {
  const [none, other] = [a === null || a === undefined, b === null || b === undefined];
  if (none || other) return Number(none) - Number(other);
  return (
    direction * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)))
  );
}

function cellOf<Row>(column: Column<Row>, row: Row): HTMLElement {
  const cell = element('td', { className: column.number ? 'number' : '' });
  if (column.node) cell.append(column.node(row));
  else cell.textContent = column.text?.(row) ?? '';
  const key = column.key?.(row);
  if (column.field !== undefined && key !== null && key !== undefined)
    cell.setAttribute(`data-${column.field}`, String(key));
  return cell;
}

export function sortableTable<Row>(
  id: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): { readonly node: HTMLElement; readonly filter: (keep: (row: Row) => boolean) => void } {
  let keep: (row: Row) => boolean = () => true;
  let order: { readonly column: Column<Row>; readonly direction: 1 | -1 } | null = null;
  const body = element('tbody', {});
  const drawn = new Map<Row, HTMLElement>();
  const lineOf = (row: Row): HTMLElement => {
    const known = drawn.get(row);
    if (known) return known;
    const line = element('tr', {});
    line.append(...columns.map((column) => cellOf(column, row)));
    drawn.set(row, line);
    return line;
  };
  const draw = () => {
    const shown = rows.filter(keep);
    if (order) {
      const { column, direction } = order;
      shown.sort((a, b) => compare(column.key?.(a), column.key?.(b), direction));
    }
    body.replaceChildren(...shown.map(lineOf));
  };
  const heads = columns.map((column) => {
    const head = element('th', { scope: 'col', className: column.number ? 'number' : '' });
    if (!column.key) {
      head.textContent = column.label;
      return head;
    }
    const button = element('button', { type: 'button', textContent: column.label });
    button.addEventListener('click', () => {
      const direction = order?.column === column && order.direction === 1 ? -1 : 1;
      order = { column, direction };
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
      draw();
    });
    head.append(button);
    return head;
  });
  const line = element('tr', {});
  line.append(...heads);
  const top = element('thead', {});
  top.append(line);
  const table = element('table', { id });
  table.append(top, body);
  const node = element('div', { className: 'scroll', tabIndex: 0 });
  node.setAttribute('role', 'group');
  node.setAttribute('aria-label', id);
  node.append(table);
  draw();
  return {
    node,
    filter: (by) => {
      keep = by;
      draw();
    },
  };
}
