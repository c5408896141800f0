/** Where somebody points on a picture that lies in a frame with bars beside it. Pure. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In ten-thousandths of the picture's width and height: the same place on every screen. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const FULL = 10_000;
/** How far an arrow key moves, and with Shift. */
export const STEP = 150;
export const LEAP = 1_000;

interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** The part of a frame that its picture fills (object-fit: contain). Without a picture it is the whole frame. */
export function pictureIn(frame: Size, picture: Size): Box {
  if (picture.width <= 0 || picture.height <= 0) return { left: 0, top: 0, ...frame };
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height };
}

/** What is pointed at, `at` pixels from the frame's corner; null beside the picture. */
export function pointAt(frame: Size, picture: Size, at: Point): Point | null {
  const { left, top, width, height } = pictureIn(frame, picture);
  if (width === 0 || height === 0) return null;
  const [x, y] = [(at.x - left) / width, (at.y - top) / height];
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x: Math.round(x * FULL), y: Math.round(y * FULL) } : null;
}

/** Where a point is drawn: pixels from the frame's corner. */
export function placeOf(frame: Size, picture: Size, { x, y }: Point): Point {
  const { left, top, width, height } = pictureIn(frame, picture);
  return { x: left + (x / FULL) * width, y: top + (y / FULL) * height };
}

const MOVES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const within = (value: number): number => Math.min(FULL, Math.max(0, value));

/** Where a key moves the point to; who did not point yet begins in the middle. Null for other keys. */
export function moved(from: Point | null, key: string, far: boolean): Point | null {
  const move = MOVES[key];
  if (move === undefined) return null;
  const { x, y } = from ?? { x: FULL / 2, y: FULL / 2 };
  const step = far ? LEAP : STEP;
  return { x: within(x + move.x * step), y: within(y + move.y * step) };
}
