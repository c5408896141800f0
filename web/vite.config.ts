import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [vue()],
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
