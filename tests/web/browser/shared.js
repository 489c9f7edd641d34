// A worker that all tabs of the browser share: one stream, whose messages go to each of them.
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { ProbeService } from "./gen/probe_pb.js";

const headers = JSON.parse(new URLSearchParams(location.search).get("headers") ?? "{}");
const probe = createClient(ProbeService, createGrpcWebTransport({ baseUrl: location.origin }));
const ports = [];
onconnect = ({ ports: [port] }) => ports.push(port);
for await (const { number } of probe.count({ count: -1n, intervalMs: 50 }, { headers })) {
  for (const port of ports) port.postMessage(Number(number));
}
