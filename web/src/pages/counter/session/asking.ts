/** What a dialog of the page asks about. */
export type Asking = "end" | "handOver" | "invite" | "warn" | "cancel";
