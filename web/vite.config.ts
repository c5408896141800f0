import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8080";

/** Packs every text once, as small as it gets, beside itself: the server only picks what a browser takes. */
const packed: Plugin = {
  name: "packed",
  apply: "build",
  async writeBundle({ dir = "dist" }, bundle) {
    for (const part of Object.values(bundle)) {
      if (!/\.(js|css|html|svg|json)$/.test(part.fileName)) continue;
      const file = join(dir, part.fileName);
      const text = Buffer.from(part.type === "chunk" ? part.code : part.source);
      await Promise.all([writeFile(`${file}.br`, brotliCompressSync(text)), writeFile(`${file}.gz`, gzipSync(text, { level: 9 }))]);
    }
  },
};

export default defineConfig({
  plugins: [vue(), packed],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // Chrome 109 is the last one on Windows 7, which bidders' offices still run.
    target: "chrome109",
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: false,
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: server },
      "/live": { target: server, ws: true },
      "/offline.html": { target: server },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    maxWorkers: 2,
    passWithNoTests: true,
  },
});
