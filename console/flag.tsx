interface FlagProps {
  readonly emoji: string;
  /** Shown where the browser has no picture of the flag. */
  readonly code: string;
}

/** A country's flag, or its code on systems without flags: Windows has none. */
export function Flag({ emoji, code }: FlagProps) {
  const hasPicture = isPicture(emoji);
  return (
    <span class={hasPicture ? "flag" : "flag letters"} aria-hidden="true">
      {hasPicture ? emoji : code}
    </span>
  );
}

const SIZE = 16;

/** Whether an emoji comes out in colour when it is drawn in black: letters would be black too. */
function isPicture(emoji: string): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  if (drawing === null) return false;
  drawing.font = `${SIZE - 2}px sans-serif`;
  drawing.textBaseline = "top";
  drawing.fillText(emoji, 0, 0);
  const { data } = drawing.getImageData(0, 0, SIZE, SIZE);
  return data.some((value, index) => index % 4 !== 3 && value > 0);
}
