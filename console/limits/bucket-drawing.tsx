interface BucketDrawingProps {
  readonly capacity: number;
  /** A part of a token counts; `undefined` while nobody knows. */
  readonly tokens: number | undefined;
  readonly waiting: number;
}

/** Where the water can be. */
const TOP = 16;
const BOTTOM = 124;
/** With more, the lines between tokens would be a shade. */
const MOST_LINES = 20;
/** So many of those who wait are drawn, five in a row. */
const MOST_DOTS = 25;
const INSIDE = "M13 10 L25 118 Q26 124 32 124 L88 124 Q94 124 95 118 L107 10 Z";

/** A bucket with its tokens as water, a line for each, and a dot for each who waits. */
export function BucketDrawing({ capacity, tokens, waiting }: BucketDrawingProps) {
  const yOf = (count: number) => BOTTOM - ((BOTTOM - TOP) * count) / capacity;
  const lines = capacity > MOST_LINES ? 0 : capacity;
  const dots = Math.min(waiting, MOST_DOTS);
  const words = tokens === undefined ? "not known" : `${Math.floor(tokens)} of ${capacity} tokens`;
  return (
    <svg class="bucket" viewBox="0 0 200 134" role="img" aria-label={`${words}, ${waiting} waiting`}>
      <clipPath id="inside">
        <path d={INSIDE} />
      </clipPath>
      <g clip-path="url(#inside)">
        <rect class="air" width="120" height="134" />
        {tokens !== undefined && (
          <rect
            class="water"
            y={yOf(tokens).toFixed(2)}
            width="120"
            height={(BOTTOM - yOf(tokens)).toFixed(2)}
          />
        )}
        {Array.from({ length: lines }, (_, index) => (
          <line key={index} x1="0" x2="120" y1={yOf(index + 1)} y2={yOf(index + 1)} />
        ))}
      </g>
      <path class="wall" d="M12 8 L24 118 Q25 125 32 125 L88 125 Q95 125 96 118 L108 8" />
      {Array.from({ length: dots }, (_, index) => (
        <circle key={index} cx={126 + (index % 5) * 16} cy={118 - Math.floor(index / 5) * 16} r="5" />
      ))}
      {waiting > dots && (
        <text x="120" y="24">
          {`+ ${waiting - dots}`}
        </text>
      )}
    </svg>
  );
}
