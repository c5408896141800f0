/** Tickets this device has: number and code stay in the browser, so that the page can be closed and opened again. */

export interface HeldTicket {
  readonly hall: string;
  readonly number: string;
  readonly code: string;
}

const STORED = "yunkai.ticket";

/** The page of a ticket. What opens the session stands behind `#`, which is sent to no server. */
export function ticketPath(ticket: HeldTicket): string {
  return `/ticket#${new URLSearchParams({ hall: ticket.hall, number: ticket.number, code: ticket.code }).toString()}`;
}

/** The ticket in an address's fragment, or null. */
export function readTicket(hash: string): HeldTicket | null {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  const [hall, number, code] = [found.get("hall") ?? "", found.get("number") ?? "", found.get("code") ?? ""];
  return /^[a-z0-9-]{1,64}$/.test(hall) && /^[A-Z]\d{3,6}$/.test(number) && /^\d{6}$/.test(code) ? { hall, number, code } : null;
}

/** The ticket this device had last. */
export function heldTicket(): HeldTicket | null {
  try {
    return readTicket(localStorage.getItem(STORED) ?? "");
  } catch {
    return null; // storage can be forbidden; number and code are then typed again
  }
}

export function holdTicket(ticket: HeldTicket | null): void {
  try {
    if (ticket === null) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, ticketPath(ticket).slice("/ticket#".length));
  } catch {
    // see heldTicket()
  }
}
