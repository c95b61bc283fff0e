import type { FlowPicture } from './flow';
import { SymbolText } from '../../../graph/SymbolText';
import { joined, layOut } from './flowLayout';

interface Props {
  readonly picture: FlowPicture;
  readonly step: number;
  readonly label: string;
  /** Units across. */
  readonly width: number;
  /** From top to bottom. */
  readonly narrow: boolean;
}

/** Numbers of arrows that meet stand nearer to where they come from, so that they stand apart. */
const ALONG = 0.42;

/** Boxes and arrows of a flow; what comes later is dim, what is told of now is strong. */
export function FlowDrawing({ picture, step, label, width, narrow }: Props) {
  const { height, places } = layOut(picture, width, narrow);
  const state = (at: number): string => (at === step ? 'now' : at < step ? 'past' : 'later');
  return (
    <svg
      className={`learn-drawing flow ${narrow ? 'learn-tall' : ''}`}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {picture.arrows.map((arrow, k) => {
        const [from, to] = [places.get(arrow.from), places.get(arrow.to)];
        if (!from || !to) return null;
        const line = joined(from, to, narrow);
        return (
          <g key={k} className={`flow-arrow ${state(arrow.step)}`}>
            <line {...line} strokeWidth={1 + 3 * (arrow.weight ?? 0)} />
            {arrow.value !== undefined && (
              <text
                x={line.x1 + (line.x2 - line.x1) * ALONG}
                y={line.y1 + (line.y2 - line.y1) * ALONG}
                dy={narrow ? '0.35em' : -4}
                textAnchor="middle"
              >
                <SymbolText text={arrow.value} />
              </text>
            )}
          </g>
        );
      })}
      {picture.boxes.map((box) => {
        const at = places.get(box.id)!;
        const two = box.label !== '' && box.value !== undefined;
        return (
          <g key={box.id} className={`flow-box ${state(box.step)}`}>
            <rect
              x={at.x - at.width}
              y={at.y - at.height}
              width={2 * at.width}
              height={2 * at.height}
              rx={4}
            />
            {box.label !== '' && (
              <text x={at.x} y={two ? at.y - 6 : at.y} textAnchor="middle" dominantBaseline="central">
                <SymbolText text={box.label} />
              </text>
            )}
            {box.value !== undefined && (
              <text
                x={at.x}
                y={two ? at.y + 8 : at.y}
                textAnchor="middle"
                dominantBaseline="central"
                className="flow-value"
              >
                <SymbolText text={box.value} />
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
