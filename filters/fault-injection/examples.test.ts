/** The examples of the README, as `test/module/examples.ts` says. */
import { testExamples } from "../../test/module/examples.ts";
import { METADATA, decide, type Decision } from "./module/example.ts";

testExamples<Decision>({
  filter: "fault-injection",
  metadata: METADATA,
  decide,
  manifest: { example: "delay", shownIn: "filters/fault-injection/README.md" },
});
