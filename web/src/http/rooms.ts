/** Which routes a room has: the prefix of its id names its kind. */

const SESSION = /^s-[0-9a-f]{20}$/;

/** Where a room's stream, orders, media and files are. */
export function roomPath(room: string): string {
  return `/api/${SESSION.test(room) ? "sessions" : "openings"}/${encodeURIComponent(room)}`;
}
