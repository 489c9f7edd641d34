// Runs in the page: each check is a function that answers with what it saw. The tests judge it.
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { create, toBinary, fromBinary } from "@bufbuild/protobuf";
import { ProbeService, CountRequestSchema, CountResponseSchema } from "./gen/probe_pb.js";
import { SystemService } from "./gen/fluxhero/v1/system_pb.js";
import { MarketService } from "./gen/fluxhero/v1/market_pb.js";
import { StreamService } from "./gen/fluxhero/v1/stream_pb.js";
import { BadRequestSchema, ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";

const headers = JSON.parse(new URLSearchParams(location.search).get("headers") ?? "{}");
const authorize = (next) => async (request) => {
  for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
  return next(request);
};
const transport = createGrpcWebTransport({ baseUrl: location.origin, interceptors: [authorize] });
const probe = createClient(ProbeService, transport);
const system = createClient(SystemService, transport);
const market = createClient(MarketService, transport);
const stream = createClient(StreamService, transport);

const refusal = async (work) => {
  try {
    await work();
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("it was not refused");
};
const said = (error) => ({ code: Code[error.code], message: error.rawMessage });
const hex = (value) => (value === null ? null : [...atob(value)].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join(""));

const violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));

const frame = (data) => {
  const bytes = new Uint8Array(5 + data.length);
  new DataView(bytes.buffer).setUint32(1, data.length);
  bytes.set(data, 5);
  return bytes;
};
const post = (method, type, body, more = {}) =>
  fetch(`/${method}`, { method: "POST", headers: { "content-type": type, "x-grpc-web": "1", ...headers, ...more }, body });

globalThis.checks = {
  async unary() {
    const { status } = await system.getStatus({});
    return { symbols: status.symbols, version: status.version };
  },

  async metadata() {
    let first, last;
    const answer = await probe.echo(
      { text: "hallo" },
      {
        headers: { "x-text": "abc", "x-raw-bin": "AP8=" },
        onHeader: (headers) => (first = headers),
        onTrailer: (trailers) => (last = trailers),
      },
    );
    return {
      text: answer.text,
      received: answer.metadata.filter((line) => /^x-(text|raw-bin)=/.test(line)).sort(),
      initial: [first.get("x-initial"), hex(first.get("x-initial-bin"))],
      trailing: [last.get("x-trailing"), hex(last.get("x-trailing-bin"))],
    };
  },

  async stream() {
    const times = [], numbers = [];
    for await (const message of probe.count({ count: 5n, intervalMs: 100 })) {
      times.push(performance.now());
      numbers.push(Number(message.number));
    }
    return { numbers, span: times.at(-1) - times[0], largest: Math.max(...times.slice(1).map((at, i) => at - times[i])) };
  },

  async emptyStream() {
    let received = 0;
    for await (const _ of probe.count({ count: 0n })) received += 1;
    return { received };
  },

  async streamThatFails() {
    let received = 0;
    const error = await refusal(async () => {
      for await (const _ of probe.count({ count: 9n, failAfter: 3n })) received += 1;
    });
    return { received, ...said(error) };
  },

  async richError() {
    const error = await refusal(() => probe.fail({}));
    const [info] = error.findDetails(ErrorInfoSchema);
    const [bad] = error.findDetails(BadRequestSchema);
    return {
      ...said(error),
      reason: info.reason,
      metadata: info.metadata,
      violations: bad.fieldViolations.map(({ field, description }) => [field, description]),
    };
  },

  async daemonsError() {
    const error = await refusal(() => market.getQuote({ symbol: "NONE" }));
    return { ...said(error), reason: error.findDetails(ErrorInfoSchema)[0].reason };
  },

  async deadline() {
    const started = performance.now();
    const error = await refusal(() => probe.hang({}, { timeoutMs: 300 }));
    return { code: Code[error.code], took: performance.now() - started };
  },

  // Without the client's own timer: the answer is the server's.
  async deadlineOfTheServer() {
    const started = performance.now();
    const answer = await post(`${ProbeService.typeName}/Hang`, "application/grpc-web+proto", frame(new Uint8Array()), {
      "grpc-timeout": "300m",
    });
    const trailers = new TextDecoder().decode(await answer.arrayBuffer());
    const status = answer.headers.get("grpc-status") ?? /grpc-status:\s*(\d+)/.exec(trailers)?.[1] ?? `HTTP ${answer.status}`;
    return { status, took: performance.now() - started };
  },

  async abort() {
    const before = (await probe.ended({})).cancelled;
    const stop = new AbortController();
    const ended = refusal(() => probe.hang({}, { signal: stop.signal }));
    while ((await probe.ended({})).running === 0n);
    const started = performance.now();
    stop.abort();
    const error = await ended;
    while ((await probe.ended({})).running > 0n);
    return { code: Code[error.code], cancelled: Number((await probe.ended({})).cancelled - before), took: performance.now() - started };
  },

  async textMode() {
    const request = toBinary(CountRequestSchema, create(CountRequestSchema, { count: 3n, intervalMs: 100 }));
    const body = btoa(String.fromCharCode(...frame(request)));
    const accept = "application/grpc-web-text"; // Envoy goes by it
    const answer = await post(`${ProbeService.typeName}/Count`, "application/grpc-web-text", body, { accept });
    const times = [], reader = answer.body.getReader();
    let text = "";
    for (let part; !(part = await reader.read()).done; ) {
      times.push(performance.now());
      text += new TextDecoder().decode(part.value);
    }
    const bytes = Uint8Array.from(text.match(/[^=]+={0,2}/g).map((part) => atob(part)).join(""), (c) => c.charCodeAt(0));
    const numbers = [];
    let trailers = "";
    for (let at = 0; at < bytes.length; ) {
      const length = new DataView(bytes.buffer).getUint32(at + 1), data = bytes.slice(at + 5, at + 5 + length);
      if (bytes[at] === 0) numbers.push(Number(fromBinary(CountResponseSchema, data).number));
      else trailers = new TextDecoder().decode(data);
      at += 5 + length;
    }
    const type = answer.headers.get("content-type");
    return { type, numbers, span: times.at(-1) - times[0], status: /grpc-status:\s*(\d+)/.exec(trailers)?.[1] };
  },

  async watch() {
    for await (const message of stream.watch({ topics: [9] })) return { kind: message.kind, statuses: message.statuses.length };
  },

  // For a tab that is closed: a stream and a call that never end by themselves.
  occupy() {
    (async () => { for await (const _ of probe.count({ count: -1n, intervalMs: 50 })); })().catch(() => {});
    probe.hang({}).catch(() => {});
  },

  async running() {
    const { running, cancelled } = await probe.ended({});
    return { running: Number(running), cancelled: Number(cancelled) };
  },

  // Many tabs share one stream: a browser opens six connections to a host, for all of its tabs.
  async shared() {
    const worker = new SharedWorker(`/shared.js${location.search}`, { type: "module" });
    const numbers = [];
    await new Promise((resolve) => {
      worker.port.onmessage = ({ data }) => numbers.push(data) >= 3 && resolve();
    });
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => probe.echo({ text: `${i}` })));
    return { rising: numbers.every((number, i) => i === 0 || number === numbers[i - 1] + 1), answers: answers.map(({ text }) => text) };
  },

  violations: async () => ({ violations }),
};
document.documentElement.dataset.ready = "yes";
