/** The frame that a video shows, as a picture. */

import { DeviceTrouble } from "./devices";

const QUALITY = 0.92;

export async function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  if (blob === null) throw new DeviceTrouble("failed", "camera");
  return blob;
}
