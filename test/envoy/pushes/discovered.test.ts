/** Configurations pushed under load. `PUSH_SECONDS` is how long each test pushes. */
import { before, test } from "node:test";
import { verifyPushes } from "./discovered.ts";
import { issueMtls, type Mtls } from "./mtls.ts";
import { NUMBERED } from "./numbered.ts";

const SECONDS = Number(process.env["PUSH_SECONDS"] || 2);

let mtls: Mtls;

before(async () => {
  mtls = await issueMtls();
});

for (const numbered of NUMBERED) {
  for (const rules of [10, 10_000]) {
    test(`${numbered.module}, ${rules} rules: pushes, refused ones among them, under load`, async () => {
      await verifyPushes({ numbered, rules, mtls, seconds: SECONDS });
    });
  }
}
