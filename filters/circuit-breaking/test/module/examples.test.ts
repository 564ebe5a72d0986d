/** The examples of the README, as `test/support/module/examples.ts` says. */
import { testExamples } from "../../../../test/support/module/examples.ts";
import { decide, type Decision } from "./example.ts";

testExamples<Decision>({
  filter: "circuit-breaking",
  metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "productpage", LABELS: { app: "productpage" } },
  decide,
  manifest: { example: "reviews", shownIn: "filters/circuit-breaking/README.md" },
});
