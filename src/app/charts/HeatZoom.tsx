/** One press of + shows this part of what was in view. */
export const ZOOM_IN = 0.6;

interface Props {
  /** Whether the whole matrix is in view. */
  readonly whole: boolean;
  readonly onZoom: (factor: number) => void;
  readonly onWhole: () => void;
}

/** Buttons of a matrix that zooms, out of the matrix's own clicks, drags and keys. */
export function HeatZoom({ whole, onZoom, onWhole }: Props) {
  const tools = [
    { name: 'Zoom in', title: 'Zoom in (+, wheel)', text: '+', off: false, press: () => onZoom(ZOOM_IN) },
    {
      name: 'Zoom out',
      title: 'Zoom out (−, wheel)',
      text: '−',
      off: false,
      press: () => onZoom(1 / ZOOM_IN),
    },
    { name: 'Whole matrix', title: 'Whole matrix (0, double click)', text: '▣', off: whole, press: onWhole },
  ];
  return (
    <span
      className="heat-zoom"
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {tools.map(({ name, title, text, off, press }) => (
        <button
          key={name}
          type="button"
          className="tool"
          aria-label={name}
          title={title}
          disabled={off}
          onClick={press}
        >
          {text}
        </button>
      ))}
    </span>
  );
}
