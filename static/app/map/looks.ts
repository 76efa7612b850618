/**
 * How places look on a map: for each kind and state a shape and a colour of the token file, so that colour never says
 * it alone (WCAG 1.4.1). The same paths are drawn on the canvas and in the legend. Knows no page and no map library.
 */
export const TOKENS = ["paper", "surface", "ink", "quiet", "line", "edge", "primary", "on-primary", "attention", "danger", "water", "green"] as const;
export type Token = (typeof TOKENS)[number];
export type Colours = Record<Token, string>;

export const LOOKS = ["listed", "struck", "emerging", "other", "new", "school"] as const;
export type Look = (typeof LOOKS)[number];
/** What is said of a place beside what it is: a small sign at its corner. */
export const SIGNS = ["visited", "do_not_go", "extra_care"] as const;
export type Sign = (typeof SIGNS)[number];

export interface Mark {
  /** Paths in a box of 24 × 24. */
  shape: string;
  detail?: string;
  fill: Token;
  line: Token;
}

const ROUND = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z";
const DIAMOND = "M12 2.5 21.5 12 12 21.5 2.5 12z";

export const MARKS: Record<Look | Sign | "arrow", Mark> = {
  listed: { shape: DIAMOND, fill: "danger", line: "danger" },
  struck: { shape: DIAMOND, detail: "M7.5 16.5l9-9", fill: "surface", line: "quiet" },
  emerging: { shape: "M12 3.5 21.5 20h-19z", fill: "attention", line: "attention" },
  other: { shape: ROUND, fill: "surface", line: "ink" },
  new: { shape: ROUND, detail: "M12 7.5v9M7.5 12h9", fill: "surface", line: "primary" },
  school: { shape: "M12 4l8 6.5V20H4v-9.5z", fill: "primary", line: "primary" },
  arrow: { shape: "M6 5l14 7-14 7z", fill: "ink", line: "ink" }, // along a move, as it goes
  visited: { shape: ROUND, detail: "M8.5 12l2.5 3 4.5-6", fill: "surface", line: "ink" },
  do_not_go: { shape: ROUND, detail: "M8 12h8", fill: "surface", line: "danger" },
  extra_care: { shape: ROUND, detail: "M12 8v5M12 15.8v.4", fill: "surface", line: "attention" },
};

/** The colours of the theme in force, from the one token file. */
export function coloursNow(root: HTMLElement = document.documentElement): Colours {
  const style = getComputedStyle(root);
  return Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()])) as Colours;
}

/** Draw a mark with a rim of the paper's colour, so that marks on top of each other can be told apart. */
export function imageOf({ shape, detail, fill, line }: Mark, colours: Colours, pixels: number): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = pixels;
  const pen = canvas.getContext("2d")!;
  pen.scale(pixels / 24, pixels / 24);
  pen.lineJoin = pen.lineCap = "round";
  const outline = new Path2D(shape);
  const stroke = (path: Path2D, colour: string, width: number) => ((pen.strokeStyle = colour), (pen.lineWidth = width), pen.stroke(path));
  stroke(outline, colours.paper, 4.5);
  pen.fillStyle = colours[fill];
  pen.fill(outline);
  stroke(outline, colours[line], 2);
  if (detail) stroke(new Path2D(detail), colours[line], 2.5);
  return pen.getImageData(0, 0, pixels, pixels);
}
