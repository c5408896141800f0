import type { OwnTicket } from "@/http/halls";

/** What the page of a ticket says, from the phase of its session. */
export type Situation = "booked" | "waiting" | "next" | "called" | "missed" | "inside" | "over" | "cancelled";

const INSIDE = new Set(["connecting", "consented", "identified", "materials", "filling", "signing", "decided"]);

export function situation(ticket: Pick<OwnTicket, "phase" | "ahead" | "over">): Situation {
  switch (ticket.phase) {
    case "booked":
      return "booked";
    case "waiting":
      return ticket.ahead === 0 ? "next" : "waiting";
    case "called":
      return "called";
    case "no_show":
      return "missed";
    case "cancelled":
      return "cancelled";
    default:
      return INSIDE.has(ticket.phase) && !ticket.over ? "inside" : "over";
  }
}

/** Whether somebody has to be told aloud: the ticket was called, or called once more. */
export function isCalledNow(before: Situation | null, now: Situation, windowBefore: string, window: string): boolean {
  return now === "called" && (before !== "called" || windowBefore !== window);
}
