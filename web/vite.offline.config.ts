import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const src = fileURLToPath(new URL("./src", import.meta.url));

// The offline sealing page is one file with no reference to anything outside itself. Its digest
// stands in the signed manifest, so the same sources must always give the same bytes.
export default defineConfig({
  plugins: [vue(), viteSingleFile({ removeViteModuleLoader: true })],
  resolve: {
    alias: [
      // Pages from disk can't load a second file, so the worker is carried inside this one.
      { find: "@/workers/seal.worker?worker", replacement: `${src}/workers/seal.worker?worker&inline` },
      { find: "@", replacement: src },
    ],
  },
  publicDir: false,
  build: {
    target: "chrome109",
    outDir: "dist",
    // The app was built into the same folder just before.
    emptyOutDir: false,
    sourcemap: false,
    rolldownOptions: { input: fileURLToPath(new URL("./offline.html", import.meta.url)) },
  },
  // Inlined workers run from a blob: classic scripts start there from file: pages too.
  worker: { format: "iife" },
});
