import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type DescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// `npm run dev` shows the sources against a daemon that runs: its own HTTP port, or this one.
const DAEMON = process.env.FLUXHERO_WEB ?? "http://127.0.0.1:8050";

/**
 * What the browser loads without need, 25 kB of it: the JSON form of messages, which grpc-web does not use; of the
 * descriptor of descriptors what the API's own do not hold; of these what no source names; base64 of them, which hardly
 * compresses: as the bytes themselves they do; and the chart library's logo, which the credits on the page stand for.
 */
const slim = (): Plugin => ({
  name: "slim",
  enforce: "pre",
  load(id) {
    if (id.endsWith("/wkt/google/protobuf/descriptor_pb.js")) return descriptors(readFileSync(id, "utf8"));
    const names = LEFT_OUT[/@bufbuild\/protobuf\/dist\/esm\/(.*)\.js$/.exec(id)?.[1] ?? ""];
    if (!names) return undefined;
    return `const no = () => { throw new Error("left out") };export { ${names.map((name) => `no as ${name}`)} }`;
  },
  transform(code, id) {
    if (id.endsWith("/lightweight-charts.production.mjs")) return withoutLogo(code);
    if (!/_pb\.(ts|js)$/.test(id)) return undefined;
    return code
      .replace(/^export enum (\w+) \{([^}]*)^\}/gm, asObject)
      .replace(/fileDesc\("([\w+/=]+)"/, (_, base64) => `fileDesc(btoa(${JSON.stringify(described(base64, id))})`);
  },
});

const SOURCES = here("src/");
const GENERATED = `${SOURCES}gen/`;

/** Every word of the sources: a field that is none of them is neither read nor written. */
function wordsOfSources(): ReadonlySet<string> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("gen/"))
    .map((path) => readFileSync(SOURCES + path, "utf8"));
  return new Set(files.join(" ").match(/\w+/g));
}
let words: ReadonlySet<string> | undefined;
const isNamed = (field: string) => {
  words ??= wordsOfSources();
  return words.has(field.replace(/_(\w)/g, (_, first) => first.toUpperCase()));
};

/** A file's descriptor, of the API without fields that no source names, and with the default of each enumeration alone. */
function described(base64: string, id: string): string {
  if (!id.startsWith(GENERATED)) return atob(base64);
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, "base64"));
  const prune = (message: DescriptorProto): void => {
    if (message.options?.mapEntry) return;
    message.field = message.field.filter((field) => isNamed(field.name));
    message.nestedType.forEach(prune);
    // An optional field is said to be the only one of a choice; that it is optional says the same.
    const chosen = message.field.filter((field) => !field.proto3Optional && Object.hasOwn(field, "oneofIndex"));
    if (!chosen.length) message.oneofDecl = [];
  };
  file.messageType.forEach(prune);
  for (const one of file.enumType) one.value.length = 1;
  return Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString("latin1");
}

/** The chart library puts its maker's logo on each chart unless it is told not to; it is told not to. */
function withoutLogo(code: string): string {
  const shorter = code.replace(/(\.innerHTML=)'<svg [^']*'/, "$1''");
  if (shorter === code) throw new Error("the chart library's logo is not where it was");
  return shorter;
}
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
type Described = { name: string; field: { name: string; defaultValue?: string }[]; enumType?: object[] };

/** The module of descriptor.proto, with what is read alone. */
function descriptors(whole: string): string {
  const file = JSON.parse(/boot\((\{.*\})\);/.exec(whole)?.[1] ?? "");
  const messageType = (file.messageType as Described[])
    .filter(({ name }) => name in READ)
    .map(({ name, field, enumType }) => ({
      name,
      // The defaults that are named are those of their types.
      field: field.filter((one) => READ[name]?.split(" ").includes(one.name)).map(({ defaultValue: _, ...one }) => one),
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
/** The JSON form of messages, and defaults of fields as text, which proto3 has not. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "to-json": ["toJson", "toJsonString", "enumToJson"],
  "from-json": ["fromJson", "fromJsonString", "mergeFromJson", "mergeFromJsonString", "enumFromJson"],
  "wire/text-format": ["parseTextFormatEnumValue", "parseTextFormatScalarValue"],
};

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
