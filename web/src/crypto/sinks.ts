import type { Bytes } from "./encoding";
import { CryptoError } from "./errors";

/** Where sealed bytes go while they are made: 500 MB must not sit in memory. */
export interface Sink {
  write(bytes: Bytes): void | Promise<void>;
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

/**
 * Streams into a Blob. The browser then keeps the bytes on disk when they are many; of Blobs that are
 * put together from parts it loses those over its memory's limit (seen at 500 MB).
 */
export function blobSink(): Promise<Sink> {
  const { readable, writable } = new TransformStream<Bytes, Bytes>();
  const writer = writable.getWriter();
  const blob = new Response(readable, { headers: { "Content-Type": "application/octet-stream" } }).blob();
  return Promise.resolve({
    write: (bytes) => writer.write(bytes),
    finish: async () => {
      await writer.close();
      return blob;
    },
    abort: async () => {
      await Promise.allSettled([writer.abort(), blob]);
    },
  });
}

/** What workers know of a file handle; the types of pages leave it out. */
interface SyncFile {
  createSyncAccessHandle(): Promise<SyncAccess>;
}

interface SyncAccess {
  write(bytes: Bytes, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** How many bytes were written: fewer than asked for, or none, when the disk is full. */
function writeAt(access: SyncAccess, bytes: Bytes, at: number): number {
  try {
    return access.write(bytes, { at });
  } catch {
    return 0;
  }
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
      if (writeAt(access, bytes, at) !== bytes.length) throw new CryptoError("storage");
      at += bytes.length;
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
