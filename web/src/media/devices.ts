/** Cameras, microphones and loudspeakers of this device, and what can be wrong with them. */

/** none: there is no such device · denied: the person or the system forbids it · busy: another program has it. */
export type Trouble = "none" | "denied" | "busy" | "dismissed" | "insecure" | "unsupported" | "failed";

export type Device = "camera" | "microphone" | "screen";

export class DeviceTrouble extends Error {
  readonly trouble: Trouble;
  readonly device: Device;

  constructor(trouble: Trouble, device: Device, cause?: unknown) {
    super(`${device}: ${trouble}`, { cause });
    this.name = "DeviceTrouble";
    this.trouble = trouble;
    this.device = device;
  }
}

/** What a failed getUserMedia or getDisplayMedia means. */
export function troubleOf(error: unknown, screen = false): Trouble {
  if (error instanceof DeviceTrouble) return error.trouble;
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotAllowedError":
    case "PermissionDeniedError":
    case "SecurityError":
      // Who closes the list of windows without choosing one has changed their mind.
      return screen ? "dismissed" : "denied";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "TypeError":
      return "unsupported";
    default:
      return "failed";
  }
}

/** The devices somebody chose. Empty is the system's own choice. */
export interface Picks {
  camera: string;
  microphone: string;
  speaker: string;
  /** A second camera at the window, that looks at who sits before it. */
  seat: string;
}

export const NO_PICKS: Picks = { camera: "", microphone: "", speaker: "", seat: "" };
const STORED = "yunkai.devices";

export function keptPicks(): Picks {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    const of = (name: keyof Picks): string => {
      const value = (kept as Partial<Record<keyof Picks, unknown>> | null)?.[name];
      return typeof value === "string" ? value : "";
    };
    return { camera: of("camera"), microphone: of("microphone"), speaker: of("speaker"), seat: of("seat") };
  } catch {
    return { ...NO_PICKS };
  }
}

export function keepPicks(picks: Picks): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(picks));
  } catch {
    // The devices are then chosen again the next time.
  }
}

export interface Devices {
  readonly cameras: readonly MediaDeviceInfo[];
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

// The property is missing on plain http, whatever its type says.
function mediaDevices(device: Device): MediaDevices {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DeviceTrouble(isSecureContext ? "unsupported" : "insecure", device);
  return devices;
}

/** What is there. Names are known once a permission was given. */
export async function listDevices(): Promise<Devices> {
  const all = await mediaDevices("camera").enumerateDevices();
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((each) => each.kind === kind && each.deviceId !== "");
  return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
}

const exactly = (deviceId: string): MediaTrackConstraints => (deviceId === "" ? {} : { deviceId: { exact: deviceId } });

/** Asks once more without the pick when the picked device is gone. */
async function ask(device: Device, wanted: (pick: string) => MediaStreamConstraints, pick: string): Promise<MediaStream> {
  const devices = mediaDevices(device);
  try {
    return await devices.getUserMedia(wanted(pick));
  } catch (error) {
    if (pick === "" || troubleOf(error) !== "none") throw new DeviceTrouble(troubleOf(error), device, error);
  }
  try {
    return await devices.getUserMedia(wanted(""));
  } catch (error) {
    throw new DeviceTrouble(troubleOf(error), device, error);
  }
}

function only(device: Device, stream: MediaStream, track: MediaStreamTrack | undefined): MediaStreamTrack {
  if (track === undefined) throw new DeviceTrouble("none", device);
  for (const other of stream.getTracks()) if (other !== track) other.stop();
  return track;
}

/** The picture of a camera. */
export async function openCamera(pick: string): Promise<MediaStreamTrack> {
  // One size for everybody: every watcher gets what the camera sends, and old office computers encode it.
  const size = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };
  const stream = await ask("camera", (id) => ({ video: { ...size, ...exactly(id) } }), pick);
  const track = only("camera", stream, stream.getVideoTracks()[0]);
  track.contentHint = "motion";
  return track;
}

/** The sound of a microphone. */
export async function openMicrophone(pick: string): Promise<MediaStreamTrack> {
  const clean = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const stream = await ask("microphone", (id) => ({ audio: { ...clean, ...exactly(id) } }), pick);
  const track = only("microphone", stream, stream.getAudioTracks()[0]);
  track.contentHint = "speech";
  return track;
}

/** A screen or window that the person picks, with its sound where the browser gives it. Text stays sharp. */
export async function openScreen(): Promise<MediaStream> {
  const devices = mediaDevices("screen");
  // Phones have no screens to share.
  if (!("getDisplayMedia" in devices)) throw new DeviceTrouble("unsupported", "screen");
  let stream: MediaStream;
  try {
    stream = await devices.getDisplayMedia({ video: { frameRate: { ideal: 8, max: 10 }, width: { max: 1920 }, height: { max: 1080 } }, audio: true });
  } catch (error) {
    throw new DeviceTrouble(troubleOf(error, true), "screen", error);
  }
  const picture = stream.getVideoTracks()[0];
  if (picture === undefined) throw new DeviceTrouble("none", "screen");
  picture.contentHint = "detail";
  return stream;
}

/** Whether this browser can share a screen at all. */
export function canShareScreen(): boolean {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return devices !== undefined && "getDisplayMedia" in devices;
}
