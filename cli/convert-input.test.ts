/** What `signalbox convert` says of inputs and options that it can make nothing of. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { converted, documents, policy, service, to, SLEEP, URL } from "./test/conversion.ts";
import { signalbox } from "./test/run.ts";

const A = { selector: { matchLabels: { app: "a" } }, rules: SLEEP };
const ROUTES = service("reviews", [{ route: [to("v1")] }]);

test("an empty input is an error: what should have written it has failed", async () => {
  for (const text of ["", "\n", "---\n", "# nothing\n", "null\n"]) {
    const { status, out, lines } = await converted(text);
    assert.deepEqual(
      [status, out, lines],
      [1, "", ["<stdin>:1:1: error: nothing to convert: it is empty"]],
      JSON.stringify(text),
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "signalbox-convert-"));
  try {
    writeFileSync(join(folder, "values.yaml"), "replicas: 1\n");
    const { status, err } = await signalbox(["convert", folder]);
    assert.deepEqual(
      [status, err],
      [1, `${join(folder, "values.yaml")}:1:1: error: nothing to convert: no resource is here\n`],
    );
    // A file of several may be empty.
    writeFileSync(join(folder, "a.yaml"), policy("a", A));
    writeFileSync(join(folder, "empty.yaml"), "");
    const files = ["empty.yaml", "a.yaml"].map((file) => join(folder, file));
    assert.deepEqual(await signalbox(["convert", "--url", URL, ...files]).then(({ status, err }) => [status, err]), [
      0,
      "",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a cluster without such resources is no error, and is said", async () => {
  const { status, out, notes } = await converted("apiVersion: v1\nkind: List\nitems: []");
  assert.deepEqual(
    [status, out, notes],
    [0, "", ["Nothing to convert: it has no VirtualService, no AuthorizationPolicy and no DestinationRule."]],
  );
});

test("a misspelt kind, group or version of Istio is an error, and not one of the other kinds", async () => {
  const reason = async (apiVersion: string, kind: string, name = "a"): Promise<string> => {
    const wrong = JSON.stringify({ apiVersion, kind, metadata: { name }, spec: {} });
    const { status, lines, notes, resources } = await converted(documents(policy("b", A), wrong));
    assert.deepEqual([status, notes, resources.length], [1, [], 1]);
    return lines.join("\n").replace(/^<stdin>:3:\d+: error: /, "");
  };
  assert.equal(
    await reason("security.istio.io/v1", "AuthorizationPolcy"),
    'AuthorizationPolcy a: not converted: no kind "AuthorizationPolcy" in security.istio.io (did you mean "AuthorizationPolicy"?)',
  );
  assert.equal(
    await reason("networking.istio.io/v1", "AuthorizationPolicy"),
    "AuthorizationPolicy a: not converted: no AuthorizationPolicy in networking.istio.io/v1: write security.istio.io/v1 (or v1beta1)",
  );
  assert.equal(
    await reason("networking.istio.oi/v1", "VirtualService"),
    'VirtualService a: not converted: no group "networking.istio.oi" (did you mean "networking.istio.io"?)',
  );
  // A Gateway says where a plugin goes.
  assert.match(await reason("networking.istio.io/v2", "Gateway"), /^Gateway a: not converted: no Gateway in /);
  assert.match(await reason("networking.istio.io/v2", "VirtualService", ""), /^VirtualService: not converted: no /);
});

test("each file that cannot be read is named, and nothing is converted without it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-convert-"));
  try {
    const [there, missing, empty] = ["a.yaml", "b.yaml", "c"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(there, policy("a", A));
    mkdirSync(empty);
    const { status, out, err } = await signalbox(["convert", there, missing, empty]);
    assert.deepEqual(
      [status, out, err.split("\n").sort()],
      [
        2,
        "",
        [
          "",
          `signalbox: ${missing} cannot be read: there is no such file`,
          `signalbox: ${empty} has no file that ends in .yaml, .yml or .json`,
        ],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an option whose value Kubernetes would refuse is a mistake of the command", async () => {
  const mistake = async (...args: string[]) => {
    const { status, out, err } = await signalbox(["convert", "-", "--url", URL, ...args], ROUTES);
    assert.deepEqual([status, out], [2, ""], args.join(" "));
    return err;
  };
  const help = "; signalbox convert --help tells more\n";
  const namespace = "expected small letters, digits and -, 63 at most";
  for (const option of ["--namespace", "--to-namespace", "--root-namespace"]) {
    for (const value of ["", "A", "a b", "a.b", "-a", "a".repeat(64)]) {
      assert.equal(await mistake(option, value), `signalbox: ${option} ${value}: ${namespace}${help}`);
    }
  }
  for (const value of ["", "A", "a_b", "a/b", "a.", "a".repeat(254)]) {
    const expected = "expected small letters, digits, - and ., 253 at most";
    assert.equal(await mistake("--name", value), `signalbox: --name ${value}: ${expected}${help}`);
  }
  for (const value of ["", "app", "=a", "app==a", "app!=a", "a b=c", "app=a b", "app=a,", `app=${"a".repeat(64)}`]) {
    assert.equal(
      await mistake("--selector", value),
      `signalbox: --selector ${value}: expected labels, such as app=httpbin\n`,
    );
  }
  assert.equal(await mistake("--selector", "app=a,app=b"), "signalbox: --selector app=a,app=b: app is given twice\n");
  assert.equal(
    await mistake("--gateway-pods", "istio=a@B"),
    `signalbox: --gateway-pods istio=a@B: expected a namespace after @: ${namespace.slice("expected ".length)}\n`,
  );
  // What is right stays right.
  const right = ["--name", "a.b-1", "--to-namespace", "n-1", "--selector", "a.b/c_d=E.f, app="];
  const { status, resources } = await converted(ROUTES, ...right);
  assert.equal(status, 0);
  assert.deepEqual(resources.at(-1)?.metadata, { name: "a.b-1", namespace: "n-1" });
  assert.deepEqual(resources.at(-1)?.spec["selector"], { matchLabels: { "a.b/c_d": "E.f", app: "" } });
});
