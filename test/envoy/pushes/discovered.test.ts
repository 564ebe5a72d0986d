/** Configurations pushed under load. `PUSHES` is how many each test pushes (`amount.ts`), and `WORKERS` how many workers there are. */
import { before, test } from "node:test";
import { MANY_RULES, pushesOr } from "./amount.ts";
import { verifyPushes } from "./discovered.ts";
import { issueMtls, type Mtls } from "./mtls.ts";
import { NUMBERED } from "./numbered.ts";

let mtls: Mtls;

before(async () => {
  mtls = await issueMtls();
});

for (const numbered of NUMBERED) {
  for (const [rules, pushes] of [
    [10, 24],
    [MANY_RULES, 16],
  ] as const) {
    test(`${numbered.module}, ${rules} rules: pushes, refused ones among them, under load`, async () => {
      await verifyPushes({ numbered, rules, mtls, pushes: pushesOr(pushes) });
    });
  }
}
