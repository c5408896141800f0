/** Which cameras of the window can look at the applicant's seat. Pure. */

export interface Camera {
  readonly deviceId: string;
}

/** All but the clerk's `own`, and which one is chosen at first: the one of last time if it is there. */
export function seatCameras<C extends Camera>(all: readonly C[], own: string, last: string): { cameras: C[]; first: string } {
  // Who picked none is shown by the system's first.
  const shown = own === "" ? (all[0]?.deviceId ?? "") : own;
  const cameras = all.filter((each) => each.deviceId !== shown);
  const first = cameras.find((each) => each.deviceId === last) ?? cameras[0];
  return { cameras, first: first?.deviceId ?? "" };
}
