import { CryptoError } from "./errors";

// Keys live in IndexedDB as CryptoKey objects: scripts can use them but never read them.
const DATABASE = "yunkai-keys";
const STORE = "keys";

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => {
      resolve(asked.result);
    };
    asked.onerror = () => {
      reject(new CryptoError("key_store", {}, { cause: asked.error }));
    };
  });
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE);
  };
  const database = await request(opening);
  try {
    return await work(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

/** The key kept under this name, or null. */
export async function storedKey<T>(name: string): Promise<T | null> {
  return inStore("readonly", async (store) => ((await request(store.get(name))) as T | undefined) ?? null);
}

/** Keeps a key, in the place of an earlier one. */
export async function storeKey(name: string, key: object): Promise<void> {
  await inStore("readwrite", (store) => request(store.put(key, name)));
}

/**
 * Keeps a key unless another page of this browser was quicker, and gives the one that is kept.
 */
export async function storeKeyOnce<T extends object>(name: string, key: T): Promise<T> {
  return inStore("readwrite", async (store) => {
    const earlier = (await request(store.get(name))) as T | undefined;
    if (earlier !== undefined) return earlier;
    await request(store.put(key, name));
    return key;
  });
}

/** Forgets a key for good. */
export async function dropKey(name: string): Promise<void> {
  await inStore("readwrite", (store) => request(store.delete(name)));
}
