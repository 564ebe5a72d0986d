/** The examples of the README, as `test/support/module/examples.ts` says. */
import type { Emulator, Root } from "../../../../emulator/index.ts";
import { streamOf, type ExampleRequest } from "../../../../test/support/module/example-request.ts";
import { counted, testExamples } from "../../../../test/support/module/examples.ts";

/** Header by header: the value, the values of a repeated one, or `absent`. */
type Headers = Record<string, string | string[]>;

interface Decision {
  request: ExampleRequest;
  /** The name of the route that is counted, or `none`. */
  route: string;
  /** Headers of the request that goes on. */
  sends?: Headers;
  /** Headers of the response that comes back. */
  answers?: Headers;
}

function decide(root: Root, emulator: Emulator, { request, sends, answers }: Decision): Decision {
  const before = new Map(emulator.metrics.counters);
  const stream = root.stream(streamOf(request, "reviews"));
  const sent = stream.requestHeaders().headers;
  const answered = stream.responseHeaders({ ":status": "200", server: "upstream" }).headers;
  stream.end();
  const names = counted(emulator, before);
  const route = names.map((name) => /^header_routing\.route\.(.*)\.matched$/.exec(name)?.[1] ?? "none").join();
  return {
    request,
    route,
    ...(sends !== undefined && { sends: shown(sent, sends) }),
    ...(answers !== undefined && { answers: shown(answered, answers) }),
  };
}

/** Those of the headers that the example names. */
function shown(pairs: readonly (readonly [string, string])[], named: Headers): Headers {
  return Object.fromEntries(
    Object.keys(named).map((name) => {
      const values = pairs.filter(([key]) => key === name).map(([, value]) => value);
      return [name, values.length > 1 ? values : (values[0] ?? "absent")];
    }),
  );
}

testExamples<Decision>({
  filter: "header-routing",
  metadata: { NAMESPACE: "default" },
  decide,
  manifest: { example: "jason", shownIn: "filters/header-routing/README.md" },
});
