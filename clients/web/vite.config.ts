import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// `npm run dev` shows the sources against a daemon that runs: its own HTTP port, or this one.
const DAEMON = process.env.FLUXHERO_WEB ?? "http://127.0.0.1:8050";

/**
 * What the browser loads without need, 17 kB of it: the JSON form of messages, which grpc-web does not use, and base64 of
 * the API's descriptors, which hardly compresses; as the bytes themselves they do.
 */
const slim = (): Plugin => ({
  name: "slim",
  enforce: "pre",
  load(id) {
    const json = /@bufbuild\/protobuf\/dist\/esm\/(from|to)-json\.js$/.exec(id);
    if (!json) return undefined;
    const names = json[1] === "to" ? ["toJson", "toJsonString", "enumToJson"] : FROM_JSON;
    return `const no = () => { throw new Error("JSON is left out") };export { ${names.map((name) => `no as ${name}`)} }`;
  },
  transform(code, id) {
    if (!/_pb\.(ts|js)$/.test(id)) return undefined;
    return code.replace(/fileDesc\("([\w+/=]+)"/, (_, base64) => `fileDesc(btoa(${JSON.stringify(atob(base64))})`);
  },
});
const FROM_JSON = ["fromJson", "fromJsonString", "mergeFromJson", "mergeFromJsonString", "enumFromJson"];

export default defineConfig({
  plugins: [slim()],
  root: here("."),
  base: "./",
  resolve: { alias: { "@api": here("src/gen/fluxhero/v1"), "@": here("src") } },
  build: {
    outDir: process.env.FLUXHERO_WEBUI ?? here("../../daemon/fluxherod/webui"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "^/(fluxhero|grpc)[.]": {
        target: DAEMON,
        changeOrigin: true,
        configure: (proxy) => proxy.on("proxyReq", (request) => request.removeHeader("origin")),
      },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
