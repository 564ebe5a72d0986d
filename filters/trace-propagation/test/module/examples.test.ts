/** The examples of the README, as `test/support/module/examples.ts` says. */
import { testExamples } from "../../../../test/support/module/examples.ts";
import { decide, type Decision } from "./example.ts";

testExamples<Decision>({
  filter: "trace-propagation",
  metadata: { NAMESPACE: "default" },
  decide,
  manifest: { example: "join", shownIn: "filters/trace-propagation/README.md" },
});
