/** Sends a request to one side, and says what became of it. */
import { detailsOf, Http1, valuesOf, type Answer, type HeaderLine } from "../../support/envoy/index.ts";
import { status, type Act } from "./acts.ts";
import { ACT, ID } from "./upstream.ts";
import { FAULT, type Side, type Subject, type World } from "./world.ts";

/** A request was refused as the circuit is open, natively as the only host is ejected. */
export const REFUSED = "refused";

/** What became of an act: `REFUSED`, or what the client got, in words that can be compared. */
export type Fate = string;

let count = 0;

/** Does all of an act at one side. What is refused at first is refused as a whole. */
export async function ask(world: World, side: Side, subject: Subject, act: Act): Promise<Fate> {
  const id = `${++count}`;
  const client = await Http1.connect(world.envoy.port(side));
  try {
    client.send(text(subject, act, id));
    if (act.how === "leave") return await leave(world, subject, client, id);
    if (act.how === "overflow") return await overflow(world, side, subject, client, id);
    return await fate(client);
  } finally {
    client.close();
  }
}

function text({ name }: Subject, act: Act, id: string): string {
  const headers: HeaderLine[] = [
    ["host", `${name}.test`],
    [ACT, act.upstream],
    [ID, id],
    ...(act.grpc ? [["content-type", "application/grpc"] as const] : []),
    ...(act.how === "fault" ? [[FAULT, "503"] as const] : []),
    ...(act.headers ?? []),
  ];
  const lines = headers.map((line) => line.join(": "));
  // A body of nothing: gRPC has one.
  return [`POST /${act.way} HTTP/1.1`, ...lines, "content-length: 0", "", ""].join("\r\n");
}

/** The answer that comes. One that breaks off says so. */
async function fate(client: Http1): Promise<Fate> {
  try {
    return told(await client.answer());
  } catch {
    return "broken off";
  }
}

function told(answer: Answer): Fate {
  const details = detailsOf(answer);
  const [circuit] = valuesOf(answer.headers, "x-circuit-open");
  if (details === "no_healthy_upstream" || circuit !== undefined) return REFUSED;
  const [grpc] = valuesOf(answer.headers, "grpc-status");
  return `HTTP ${answer.status}, grpc-status ${grpc ?? "none"}, ${details ?? "of the upstream"}`;
}

/** The client leaves once the request is at the upstream, and Envoy does then. */
async function leave(world: World, subject: Subject, client: Http1, id: string): Promise<Fate> {
  const upstream = world.upstreams.get(subject.name)!;
  const answered = fate(client);
  const first = await Promise.race([answered, upstream.arrived(id)]);
  if (first !== undefined) return first;
  client.close();
  await upstream.gone(id);
  return "left";
}

/** While the request waits another one comes, which the cluster has no room for. */
async function overflow(world: World, side: Side, subject: Subject, client: Http1, id: string): Promise<Fate> {
  const upstream = world.upstreams.get(subject.name)!;
  const answered = fate(client);
  const first = await Promise.race([answered, upstream.arrived(id)]);
  if (first !== undefined) return first;
  const second = await ask(world, side, subject, status(200));
  upstream.release(id);
  return `${await answered}; meanwhile ${second}`;
}
