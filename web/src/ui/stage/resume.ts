/** What was being sent before a reload of the page. Only for this window, and only while it is open. */

export interface WasOn {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly seat: boolean;
}

const place = (room: string): string => `yunkai.sending.${room}`;

export function keepSending(room: string, on: WasOn): void {
  try {
    sessionStorage.setItem(place(room), JSON.stringify(on));
  } catch {
    // Then it is turned on by hand after a reload.
  }
}

export function keptSending(room: string): WasOn {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(room)) ?? "{}") as Partial<Record<keyof WasOn, unknown>> | null;
    return { camera: kept?.camera === true, microphone: kept?.microphone === true, seat: kept?.seat === true };
  } catch {
    return { camera: false, microphone: false, seat: false };
  }
}

/** Whether the device can be used without asking the person again. */
export async function canResume(device: "camera" | "microphone"): Promise<boolean> {
  try {
    const found = await navigator.permissions.query({ name: device });
    return found.state === "granted";
  } catch {
    return false; // the browser doesn't tell, so it might ask
  }
}
