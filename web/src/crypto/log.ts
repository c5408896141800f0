import { equalBytes, utf8 } from "./encoding";
import { CryptoError } from "./errors";
import { verifyCheckpoint, type Checkpoint } from "./checkpoint";
import { jcs, parseJson, type JsonObject } from "./json";
import { GrowingTree, leafHash } from "./merkle";
import { anyObject, bytesOf, digest, id, integer, members, nullOr, text, time } from "./shape";

/** An entry of a room's log (log.md). */
export interface LogEntry {
  readonly seq: number;
  readonly at: string;
  readonly by: string;
  readonly event: JsonObject & { readonly type: string };
  readonly salt: string;
  readonly trace: string | null;
}

const shape = members<LogEntry>({
  seq: integer(1),
  at: time,
  by: id,
  event: (value, at) => ({ ...anyObject(value, at), type: text(anyObject(value, at).type, `${at}.type`) }),
  salt: bytesOf(16),
  trace: nullOr(digest),
});

/** Reads one line of `log.jsonl`; it must be the canonical form, for the leaf hash is of its bytes. */
export function parseEntry(line: string): LogEntry {
  const entry = shape(parseJson(line), "entry");
  if (!equalBytes(jcs(entry), utf8(line))) throw new CryptoError("value", { where: "entry", seq: entry.seq });
  return entry;
}

/**
 * Checks a whole log against its head: canonical entries, numbered without gaps, in time order,
 * hashing to the head's root. Later entries than the head covers are refused.
 */
export async function verifyLog(
  jsonl: string,
  head: string,
  log: { readonly origin: string; readonly key: string },
): Promise<{ readonly head: Checkpoint; readonly entries: readonly LogEntry[] }> {
  const checkpoint = await verifyCheckpoint(head, log.origin, log.key);
  const tree = new GrowingTree();
  const entries: LogEntry[] = [];
  let before = "";
  for (const line of jsonl.split("\n").filter((each, i, all) => each !== "" || i < all.length - 1)) {
    const entry = parseEntry(line);
    if (entry.seq !== tree.size + 1 || entry.at < before) throw new CryptoError("bad_log", { seq: entry.seq });
    before = entry.at;
    tree.add(leafHash(utf8(line)));
    entries.push(entry);
  }
  if (tree.size !== checkpoint.size || !equalBytes(tree.root(), checkpoint.root)) {
    throw new CryptoError("bad_log", { seq: tree.size });
  }
  return { head: checkpoint, entries };
}
