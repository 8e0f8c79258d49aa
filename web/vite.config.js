// Builds GraphiQL into the Python package, which serves it; nothing in it points to another host.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const inThisFolder = (path) => fileURLToPath(new URL(path, import.meta.url));

// Monaco brings code and icons of others; their licenses stand in a file of its own, not in its package.json.
const monacoNotices = {
  name: "monaco-notices",
  generateBundle() {
    const source = readFileSync(inThisFolder("node_modules/monaco-editor/ThirdPartyNotices.txt"));
    this.emitFile({ type: "asset", fileName: "licenses-monaco.txt", source });
  },
};

export default defineConfig({
  root: inThisFolder("graphiql"),
  base: "/static/graphiql/",
  plugins: [monacoNotices],
  worker: { format: "es" },
  build: {
    outDir: inThisFolder("../gql/static/graphiql"),
    emptyOutDir: true,
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 4000, // Monaco
    rolldownOptions: {
      onLog(level, log, handle) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log); // "use client" means nothing here
      },
    },
  },
});
