import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { report } from '../store/notices';
import { download, drawingToSvg, isDrawn, svgToPng, typeOf } from './export';
import { Equation } from './Equation';
import { FigureData } from './FigureData';
import { inLight } from './print';
import { EnlargedContext, StageContext } from './stage';
import { tableToSvg } from './tableDrawing';
import { Thumbnail } from './Thumbnail';
import { tableToCsv, tableToJson } from './tables';
import type { FigureTable } from './types';
import './figure.css';

interface FigureProps {
  /** Hook name: `figure-<name>`. */
  readonly name: string;
  /** States what the figure shows. */
  readonly title: string;
  /** What it comes to, computed from its numbers, in words. */
  readonly headline?: string | null;
  /** One sentence: how to read it. */
  readonly reading: string;
  readonly equation?: string | null;
  readonly table: FigureTable;
  /** What CSV and JSON hold, where that is more than anyone reads as a table. */
  readonly exported?: () => FigureTable;
  /** What PNG and SVG hold of a figure that is a table: its cells as they are read. */
  readonly printed?: () => FigureTable;
  /** What would fill the figure; shown in place of the drawing. */
  readonly empty?: ReactNode;
  /** Controls beside the title (a switch, a slider). */
  readonly controls?: ReactNode;
  readonly className?: string;
  /** Say less: the reading moves behind the (i). */
  readonly compact?: boolean;
  /** Further files of the menu, e.g. a table as LaTeX. */
  readonly files?: readonly { readonly label: string; readonly save: () => void }[];
  readonly children: ReactNode;
}

type Panel = 'none' | 'about' | 'numbers';
const FORMATS = ['PNG', 'SVG', 'CSV', 'JSON'] as const;
type Format = (typeof FORMATS)[number];

/** Title, drawing, how to read it, equation and numbers on demand, export; the same around every picture. */
export function Figure({
  name,
  title,
  headline,
  reading,
  equation,
  table,
  exported = () => table,
  printed,
  empty,
  controls,
  className,
  compact,
  files = [],
  children,
}: FigureProps) {
  const [panel, setPanel] = useState<Panel>('none');
  const body = useRef<HTMLDivElement>(null);
  const [enlarged, setEnlarged] = useState(false);
  const whole = useRef<HTMLElement>(null);
  // In the top layer nothing of the page cuts it off; absent where a browser knows no popovers.
  useEffect(() => {
    if (enlarged) whole.current?.showPopover?.();
  }, [enlarged]);
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const stage = useContext(StageContext);
  const join = stage?.join;
  useLayoutEffect(() => join?.(name), [join, name]);
  const isEmpty = empty !== undefined && empty !== null && empty !== false;

  async function save(format: Format): Promise<void> {
    menu.current?.hidePopover?.();
    const file = `scenarium-${name}.${format.toLowerCase()}`;
    if (format === 'CSV') return download(file, tableToCsv(exported()), 'text/csv');
    if (format === 'JSON') return download(file, tableToJson(title, exported()), 'application/json');
    if (!body.current) return;
    const drawing = body.current;
    const { font, measure } = typeOf(drawing);
    const svg =
      printed === undefined && isDrawn(drawing)
        ? inLight(() => drawingToSvg(drawing, title))
        : tableToSvg(title, printed?.() ?? exported(), font, measure);
    download(file, format === 'SVG' ? svg.text : await svgToPng(svg), 'image/svg+xml');
  }

  if (stage && stage.lead !== name)
    return (
      <Thumbnail stage={stage} name={name} title={title} table={table}>
        {isEmpty ? null : children}
      </Thumbnail>
    );
  const toggle = (wanted: Panel) => setPanel(panel === wanted ? 'none' : wanted);
  return (
    <section
      ref={whole}
      popover={enlarged ? 'manual' : undefined}
      className={`figure ${className ?? ''} ${enlarged ? 'figure-enlarged' : ''}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && enlarged && !event.defaultPrevented) setEnlarged(false);
      }}
      data-testid={`figure-${name}`}
      aria-labelledby={`${id}-title`}
    >
      <header className="figure-head">
        <h3 id={`${id}-title`}>{title}</h3>
        <div className="figure-controls">{controls}</div>
        <div className="figure-tools">
          <button
            type="button"
            className="tool"
            aria-expanded={panel === 'about'}
            onClick={() => toggle('about')}
            title={equation ? 'How to read it, and its equation' : 'How to read it'}
          >
            <span aria-hidden="true">{equation ? 'ƒ' : 'i'}</span>
            <span className="visually-hidden">How to read: {title}</span>
          </button>
          <button
            type="button"
            className="tool"
            aria-expanded={panel === 'numbers'}
            onClick={() => toggle('numbers')}
            title="Its numbers as a table"
          >
            <span aria-hidden="true">#</span>
            <span className="visually-hidden">Numbers of: {title}</span>
          </button>
          <button
            type="button"
            className="tool"
            data-testid="enlarge"
            aria-pressed={enlarged}
            onClick={() => setEnlarged(!enlarged)}
            title={enlarged ? 'Back to its place' : 'Enlarge'}
            disabled={isEmpty && !enlarged}
          >
            <span aria-hidden="true">{enlarged ? '×' : '⤢'}</span>
            <span className="visually-hidden">
              {enlarged ? 'Back to its place' : 'Enlarge'}: {title}
            </span>
          </button>
          <button
            type="button"
            className="tool"
            popoverTarget={`${id}-menu`}
            title="Export"
            disabled={isEmpty}
          >
            <span aria-hidden="true">↓</span>
            <span className="visually-hidden">Export: {title}</span>
          </button>
          <div
            id={`${id}-menu`}
            popover="auto"
            ref={menu}
            className="menu"
            role="group"
            aria-label={`Export ${title}`}
          >
            {FORMATS.map((format) => (
              <button key={format} type="button" onClick={() => void save(format).catch(report)}>
                {format}
              </button>
            ))}
            {files.map((file) => (
              <button
                key={file.label}
                type="button"
                onClick={() => {
                  menu.current?.hidePopover?.();
                  file.save();
                }}
              >
                {file.label}
              </button>
            ))}
          </div>
        </div>
      </header>
      {headline && !isEmpty && <p className="figure-headline">{headline}</p>}
      {!compact && !isEmpty && panel !== 'about' && <p className="figure-reading">{reading}</p>}
      {panel === 'about' && (
        <div className="figure-about">
          <p>{reading}</p>
          {equation && <Equation tex={equation} />}
        </div>
      )}
      <div className="figure-body" ref={body}>
        <EnlargedContext value={enlarged}>
          {isEmpty ? <div className="empty">{empty}</div> : children}
        </EnlargedContext>
      </div>
      <FigureData name={name} caption={title} table={table} visible={panel === 'numbers'} />
    </section>
  );
}
