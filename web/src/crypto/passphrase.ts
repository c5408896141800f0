import { passphraseOpen, passphraseSeal } from "./age";
import type { Bytes } from "./encoding";
import { keyFileBytes, parseKeyFile, type KeyFile } from "./keyfile";
import { protectInWorker, unprotectInWorker } from "./worker";

// Deriving a key from a passphrase takes seconds on purpose, during which a page must not stand still.
const workers = typeof Worker !== "undefined";

/** A passphrase file of a short text, as `age -d` opens it. */
export function protect(text: string, passphrase: string): Promise<Bytes> {
  return workers ? protectInWorker(text, passphrase) : passphraseSeal(text, passphrase);
}

/** The text of a passphrase file. Refuses with `passphrase`, `key_file` or a code that begins with `age_`. */
export async function unprotect(file: Blob | Bytes, passphrase: string): Promise<string> {
  const bytes = await keyFileBytes(file);
  return workers ? unprotectInWorker(bytes, passphrase) : passphraseOpen(bytes, passphrase);
}

/** Reads a key file that sealing or `yunkai seal` made. */
export async function readKeyFile(file: Blob | Bytes, passphrase: string): Promise<KeyFile> {
  return parseKeyFile(await unprotect(file, passphrase));
}
