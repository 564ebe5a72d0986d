import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../test/temporary.ts";
import { credentialsFor } from "./credentials.ts";

/** `user:password`, as RFC 7617 encodes Aladdin's. */
const ALADDIN = "QWxhZGRpbjpvcGVuIHNlc2FtZQ==";

test("what docker login has written is found by host, however the key was written", (t) => {
  const file = join(temporaryFolder(t), "config.json");
  writeFileSync(
    file,
    JSON.stringify({
      auths: {
        "registry.example.com": { auth: ALADDIN },
        "https://old.example.com/v1/": { auth: ALADDIN },
        "localhost:5000": { identitytoken: "t" },
        "empty.example.com": {},
      },
    }),
  );
  const basic = "Aladdin:open sesame";
  assert.deepEqual(credentialsFor("registry.example.com", file), { basic });
  assert.deepEqual(credentialsFor("old.example.com", file), { basic });
  assert.deepEqual(credentialsFor("localhost:5000", file), { identityToken: "t" });
  for (const host of ["empty.example.com", "localhost", "example.com"])
    assert.deepEqual(credentialsFor(host, file), {});
});

test("a helper is asked, and the file where it has nothing", (t) => {
  const folder = temporaryFolder(t);
  const helper =
    '#!/bin/sh\nread host\n[ "$1 $host" = "get a.example.com" ] && echo \'{"Username":"u","Secret":"s"}\'\n';
  writeFileSync(join(folder, "docker-credential-test"), helper, { mode: 0o755 });
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  t.after(() => (process.env.PATH = path));
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify({ credsStore: "test", auths: { "b.example.com": { auth: ALADDIN } } }));
  assert.deepEqual(credentialsFor("a.example.com", file), { basic: "u:s" });
  assert.deepEqual(credentialsFor("b.example.com", file), { basic: "Aladdin:open sesame" });
});

test("without the file there are none, and one that is no JSON is told", (t) => {
  const file = join(temporaryFolder(t), "config.json");
  assert.deepEqual(credentialsFor("registry.example.com", file), {});
  writeFileSync(file, "{");
  assert.throws(
    () => credentialsFor("registry.example.com", file),
    /^Error: [^\n]*config\.json cannot be read: [^\n]*$/,
  );
});
