/** The six digits behind `#`, which are sent to no server, or null. */
export function codeIn(hash: string): string | null {
  const found = new URLSearchParams(hash.replace(/^#/, "")).get("code") ?? "";
  return /^\d{6}$/.test(found) ? found : null;
}

/** The page of a session after its call. */
export function laterPath(room: string, code: string): string {
  return `/visit/${room}#code=${code}`;
}
