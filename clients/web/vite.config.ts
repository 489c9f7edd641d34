import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// `npm run dev` shows the sources against a daemon that runs: its own HTTP port, or this one.
const DAEMON = process.env.FLUXHERO_WEB ?? "http://127.0.0.1:8050";

/**
 * What the browser loads without need, 21 kB of it: the JSON form of messages, which grpc-web does not use; of the
 * descriptor of descriptors what the API's own do not hold; and base64 of these, which hardly compresses: as the bytes
 * themselves they do.
 */
const slim = (): Plugin => ({
  name: "slim",
  enforce: "pre",
  load(id) {
    if (id.endsWith("/wkt/google/protobuf/descriptor_pb.js")) return descriptors(readFileSync(id, "utf8"));
    const json = /@bufbuild\/protobuf\/dist\/esm\/(from|to)-json\.js$/.exec(id);
    if (!json) return undefined;
    const names = json[1] === "to" ? ["toJson", "toJsonString", "enumToJson"] : FROM_JSON;
    return `const no = () => { throw new Error("JSON is left out") };export { ${names.map((name) => `no as ${name}`)} }`;
  },
  transform(code, id) {
    if (!/_pb\.(ts|js)$/.test(id)) return undefined;
    return code
      .replace(/^export enum (\w+) \{([^}]*)^\}/gm, asObject)
      .replace(/fileDesc\("([\w+/=]+)"/, (_, base64) => `fileDesc(btoa(${JSON.stringify(atob(base64))})`);
  },
});
/** What is read of a file's descriptor at run time, by message. */
const READ: Readonly<Record<string, string>> = {
  FileDescriptorProto: "name package dependency message_type enum_type service extension syntax",
  DescriptorProto: "name field extension nested_type enum_type oneof_decl options",
  FieldDescriptorProto: "name number label type type_name oneof_index json_name options proto3_optional",
  OneofDescriptorProto: "name",
  EnumDescriptorProto: "name value",
  EnumValueDescriptorProto: "name number",
  ServiceDescriptorProto: "name method",
  MethodDescriptorProto: "name input_type output_type client_streaming server_streaming",
  MessageOptions: "map_entry",
  FieldOptions: "packed",
};
const ROOT = "FileDescriptorProtoSchema";
type Described = { name: string; field: { name: string }[]; enumType?: object[] };

/** The module of descriptor.proto, with what is read alone. */
function descriptors(whole: string): string {
  const file = JSON.parse(/boot\((\{.*\})\);/.exec(whole)?.[1] ?? "");
  const messageType = (file.messageType as Described[])
    .filter(({ name }) => name in READ)
    .map(({ name, field, enumType }) => ({
      name,
      field: field.filter((one) => READ[name]?.split(" ").includes(one.name)),
      ...(name === "FieldDescriptorProto" ? { enumType } : {}),
    }));
  const kept = JSON.stringify({ name: file.name, package: file.package, messageType, enumType: [] });
  const others = [...whole.matchAll(/^export (?:const|var) (\w+)/gm)]
    .map(([, name]) => name)
    .filter((one) => one !== ROOT);
  return `import { boot } from "../../../codegenv2/boot.js";
import { messageDesc } from "../../../codegenv2/message.js";
export const ${ROOT} = /*@__PURE__*/ messageDesc(/*@__PURE__*/ boot(${kept}), 0);
${others.map((name) => `export const ${name} = undefined;`).join("\n")}`;
}
/** An enumeration without the way back from numbers to names, which nothing asks for. */
const asObject = (_: string, name: string, values: string): string =>
  `export const ${name} = {${values.replace(/^( *\w+) = /gm, "$1: ")}};`;
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
