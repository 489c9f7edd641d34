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

const postText = (count) => {
  const request = toBinary(CountRequestSchema, create(CountRequestSchema, { count, intervalMs: 20 }));
  const body = btoa(String.fromCharCode(...frame(request)));
  const accept = "application/grpc-web-text"; // Envoy goes by it
  return post(`${ProbeService.typeName}/Count`, "application/grpc-web-text", body, { accept });
};
// What has come whole of an answer in text mode.
const ofText = (text) => {
  const parts = text.slice(0, text.length & ~3).match(/[^=]+={0,2}/g) ?? [];
  const bytes = Uint8Array.from(parts.map((part) => atob(part)).join(""), (c) => c.charCodeAt(0));
  const numbers = [];
  let trailers = "";
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = new DataView(bytes.buffer).getUint32(at + 1), data = bytes.slice(at + 5, at + 5 + length);
    if (data.length < length) break;
    if (bytes[at] === 0) numbers.push(Number(fromBinary(CountResponseSchema, data).number));
    else trailers = new TextDecoder().decode(data);
    at += 5 + length;
  }
  return { numbers, trailers };
};
// A busy machine makes one of some attempts slow, a slow daemon each of them.
const undisturbed = async (attempt) => {
  let saw;
  for (let tries = 0; tries < 5 && !(saw?.took < 1000); tries++) saw = await attempt();
  return saw;
};

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

  // A stream that never ends: what arrives of it has arrived one by one.
  async stream() {
    const numbers = [], stop = new AbortController();
    for await (const { number } of probe.count({ count: -1n, intervalMs: 20 }, { signal: stop.signal })) {
      numbers.push(Number(number));
      if (numbers.length === 5) break;
    }
    stop.abort();
    return { numbers };
  },

  async wholeStream() {
    const numbers = [];
    for await (const { number } of probe.count({ count: 5n, intervalMs: 20 })) numbers.push(Number(number));
    return { numbers };
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

  deadline: () => undisturbed(async () => {
    const started = performance.now();
    const error = await refusal(() => probe.hang({}, { timeoutMs: 300 }));
    return { code: Code[error.code], took: performance.now() - started };
  }),

  // Without the client's own timer: the answer is the server's.
  deadlineOfTheServer: () => undisturbed(async () => {
    const started = performance.now();
    const answer = await post(`${ProbeService.typeName}/Hang`, "application/grpc-web+proto", frame(new Uint8Array()), {
      "grpc-timeout": "300m",
    });
    const trailers = new TextDecoder().decode(await answer.arrayBuffer());
    const status = answer.headers.get("grpc-status") ?? /grpc-status:\s*(\d+)/.exec(trailers)?.[1] ?? `HTTP ${answer.status}`;
    return { status, took: performance.now() - started };
  }),

  abort: () => undisturbed(async () => {
    const before = (await probe.ended({})).cancelled;
    const stop = new AbortController();
    const ended = refusal(() => probe.hang({}, { signal: stop.signal }));
    while ((await probe.ended({})).running === 0n);
    const started = performance.now();
    stop.abort();
    const error = await ended;
    while ((await probe.ended({})).running > 0n);
    return { code: Code[error.code], cancelled: Number((await probe.ended({})).cancelled - before), took: performance.now() - started };
  }),

  async textMode() {
    const answer = await postText(3n);
    const { numbers, trailers } = ofText(await answer.text());
    const endless = (await postText(-1n)).body.getReader();
    let text = "";
    while (ofText(text).numbers.length < 3) text += new TextDecoder().decode((await endless.read()).value);
    await endless.cancel();
    const type = answer.headers.get("content-type"), status = /grpc-status:\s*(\d+)/.exec(trailers)?.[1];
    return { type, numbers, status, endless: ofText(text).numbers.slice(0, 3) };
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
