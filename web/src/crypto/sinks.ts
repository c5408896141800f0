import type { Bytes } from "./encoding";
import { SLICE } from "./hash";

/** Where sealed bytes go while they are made: 500 MB must not sit in memory. */
export interface Sink {
  write(bytes: Bytes): void;
  /** The whole file; nothing can be written afterwards. */
  finish(): Promise<Blob>;
  /** Throws away what was written. */
  abort(): Promise<void>;
}

/** Opens a sink for a file of this name. */
export type SinkFactory = (name: string) => Promise<Sink>;

const FOLDER = "yunkai-sealed";
/** Sealed files nobody asked for again in a week are left over from uploads that ended elsewhere. */
const KEPT = 7 * 24 * 3600 * 1000;

/** Collects Blobs: the browser keeps their bytes outside the page's memory, on disk when they are many. */
export function blobSink(): Promise<Sink> {
  const blobs: Blob[] = [];
  let parts: Bytes[] = [];
  let size = 0;
  const flush = (): void => {
    blobs.push(new Blob(parts));
    parts = [];
    size = 0;
  };
  return Promise.resolve({
    write: (bytes) => {
      parts.push(bytes);
      size += bytes.length;
      if (size >= SLICE) flush();
    },
    finish: () => {
      flush();
      return Promise.resolve(new Blob(blobs, { type: "application/octet-stream" }));
    },
    abort: () => {
      blobs.length = 0;
      parts = [];
      return Promise.resolve();
    },
  });
}

/** What workers know of a file handle; the types of pages leave it out. */
interface SyncFile {
  createSyncAccessHandle(): Promise<{
    write(bytes: Bytes, options: { at: number }): number;
    truncate(size: number): void;
    flush(): void;
    close(): void;
  }>;
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** Writes into the origin's private file system; works in workers only. */
async function privateFileSink(name: string): Promise<Sink> {
  const home = await folder();
  const file = await home.getFileHandle(name, { create: true });
  const access = await (file as unknown as SyncFile).createSyncAccessHandle();
  access.truncate(0);
  let at = 0;
  return {
    write: (bytes) => {
      at += access.write(bytes, { at });
    },
    finish: async () => {
      access.flush();
      access.close();
      return file.getFile();
    },
    abort: async () => {
      access.close();
      await home.removeEntry(name);
    },
  };
}

/** The private file system where there is one (not on file: pages), Blobs elsewhere. */
export async function bestSink(name: string): Promise<Sink> {
  try {
    return await privateFileSink(name);
  } catch {
    return blobSink();
  }
}

/** A sealed file kept from before a reload, so that its upload can go on; null where there is none. */
export async function storedAge(name: string): Promise<File | null> {
  try {
    return await (await (await folder()).getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

/** Removes a sealed file whose upload is complete. */
export async function forgetAge(name: string): Promise<void> {
  try {
    await (await folder()).removeEntry(name);
  } catch {
    // It isn't there: that is what was wanted.
  }
}

/** Removes sealed files left over from earlier weeks. */
export async function sweepStored(now: number): Promise<void> {
  try {
    const home = await folder();
    for await (const [name, handle] of home.entries()) {
      if (handle.kind !== "file") continue;
      const file = await (handle).getFile();
      if (now - file.lastModified > KEPT) await home.removeEntry(name);
    }
  } catch {
    // No private file system, or another page is writing there: the next sealing sweeps.
  }
}
