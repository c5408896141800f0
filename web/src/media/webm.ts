/** As much of WebM (RFC 9559) as a player of a live stream has to know: where decoding can begin. */

const DESCEND = new Set([0x18538067, 0x1f43b675]); // Segment, Cluster
const SIMPLE_BLOCK = 0xa3;
const KEYFRAME = 0x80;

/** Length in bytes of the number that starts with this byte; 0 if it is none. */
const lengthOf = (first: number): number => (first === 0 ? 0 : Math.clz32(first) - 23);

/** Whether a piece of a stream has a frame in it that needs none before it. */
export function hasKeyframe(piece: ArrayBuffer): boolean {
  const bytes = new Uint8Array(piece);
  let at = 0;
  while (at < bytes.length) {
    const idLength = lengthOf(bytes[at] ?? 0);
    if (idLength === 0 || idLength > 4) return false;
    let id = 0;
    for (let i = 0; i < idLength; i += 1) id = id * 256 + (bytes[at + i] ?? 0);
    at += idLength;
    const sizeLength = lengthOf(bytes[at] ?? 0);
    if (sizeLength === 0) return false;
    let size = (bytes[at] ?? 0) & (0xff >> sizeLength);
    for (let i = 1; i < sizeLength; i += 1) size = size * 256 + (bytes[at + i] ?? 0);
    at += sizeLength;
    if (DESCEND.has(id)) continue;
    // A simple block: number of the track, two bytes of time, flags.
    if (id === SIMPLE_BLOCK && ((bytes[at + lengthOf(bytes[at] ?? 0) + 2] ?? 0) & KEYFRAME) !== 0) return true;
    at += size;
  }
  return false;
}
