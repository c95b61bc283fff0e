import type { FlowPicture } from './flow';

const WIDTH = 640;
const HEIGHT = 380;
const HALF = { width: 50, height: 17 };

/** Boxes and arrows of a flow; what comes later is dim, what is told of now is strong. */
export function FlowDrawing({
  picture,
  step,
  label,
}: {
  readonly picture: FlowPicture;
  readonly step: number;
  readonly label: string;
}) {
  const place = new Map(
    picture.boxes.map((box) => {
      const small = Math.max(box.label.length, box.value?.length ?? 0) <= 6;
      const half = {
        ...HALF,
        width: small ? 27 : HALF.width,
        height: box.label && box.value ? HALF.height : 10,
      };
      const x = half.width + 2 + box.x * (WIDTH - 2 * half.width - 4);
      const y = half.height + 4 + box.y * (HEIGHT - 2 * half.height - 8);
      return [box.id, { ...half, x, y }] as const;
    }),
  );
  const state = (at: number): string => (at === step ? 'now' : at < step ? 'past' : 'later');
  return (
    <svg className="learn-drawing flow" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {picture.arrows.map((arrow, k) => {
        const [from, to] = [place.get(arrow.from), place.get(arrow.to)];
        if (!from || !to) return null;
        const right = to.x >= from.x;
        const [x1, x2] = right
          ? [from.x + from.width, to.x - to.width]
          : [from.x - from.width, to.x + to.width];
        const straight = Math.abs(from.x - to.x) < from.width + to.width;
        const line = straight
          ? {
              x1: from.x,
              y1: from.y + Math.sign(to.y - from.y) * from.height,
              x2: to.x,
              y2: to.y - Math.sign(to.y - from.y) * to.height,
            }
          : { x1, y1: from.y, x2, y2: to.y };
        // Numbers of arrows that meet stand nearer to where they come from, so that they stand apart.
        const at = 0.42;
        return (
          <g key={k} className={`flow-arrow ${state(arrow.step)}`}>
            <line {...line} strokeWidth={1 + 3 * (arrow.weight ?? 0)} />
            {arrow.value !== undefined && (
              <text
                x={line.x1 + (line.x2 - line.x1) * at}
                y={line.y1 + (line.y2 - line.y1) * at - 4}
                textAnchor="middle"
              >
                {arrow.value}
              </text>
            )}
          </g>
        );
      })}
      {picture.boxes.map((box) => {
        const at = place.get(box.id)!;
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
                {box.label}
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
                {box.value}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
