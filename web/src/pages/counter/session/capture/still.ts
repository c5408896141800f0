/** Still pictures at a camera's full resolution. */

import { DeviceTrouble, troubleOf } from "@/media/devices";
import { frameOf } from "@/media/still";

/** Opens a camera as large as it goes: a page of text needs every pixel, and only this window shows it. */
export async function openStill(camera: string): Promise<MediaStream> {
  const which: MediaTrackConstraints = camera === "" ? { facingMode: { ideal: "environment" } } : { deviceId: { exact: camera } };
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DeviceTrouble(isSecureContext ? "unsupported" : "insecure", "camera");
  try {
    return await devices.getUserMedia({ video: { ...which, width: { ideal: 5472 }, height: { ideal: 4104 } } });
  } catch (error) {
    throw new DeviceTrouble(troubleOf(error), "camera", error);
  }
}

interface Photographer {
  takePhoto: () => Promise<Blob>;
}

/** Takes one picture: as a photograph where the camera can, otherwise the frame that is shown. */
export async function takeStill(video: HTMLVideoElement, stream: MediaStream): Promise<Blob> {
  const track = stream.getVideoTracks()[0];
  const Capture = (globalThis as { ImageCapture?: new (track: MediaStreamTrack) => Photographer }).ImageCapture;
  if (Capture !== undefined && track !== undefined) {
    try {
      return await new Capture(track).takePhoto();
    } catch {
      // Many cameras only stream; the frame is then as good as it gets.
    }
  }
  return frameOf(video);
}
