/** The examples of the README, as `test/support/module/examples.ts` says. */
import { testExamples } from "../../../../test/support/module/examples.ts";
import { METADATA, decide, type Decision } from "./example.ts";

testExamples<Decision>({
  filter: "fault-injection",
  metadata: METADATA,
  decide,
  manifest: { example: "delay", shownIn: "filters/fault-injection/README.md" },
});
