/**
 * `make demo`: Bookinfo's four services, each behind a real Envoy, a gateway before them, and the story of a trace that breaks and is
 * mended. Then everything runs on, to be tried, until Ctrl-C (or SIGTERM), and nothing is left behind. `PROPAGATE` says what the
 * services pass on.
 */
import { Missing, runMain } from "../tools/envoy-binary.ts";
import { Demo } from "./demo.ts";
import { propagateIn } from "./propagate.ts";
import { tellStory } from "./story/story.ts";
import { whatToTry } from "./story/welcome.ts";

await runMain(async () => {
  const propagate = propagateIn(process.env);
  const demo = new Demo();
  process.once("exit", () => demo.clear());
  const asked = new Promise<"asked">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("asked"));
  });
  const told = (async () => {
    const scene = await demo.start(propagate, (text) => console.log(text));
    await tellStory(scene);
    console.log(whatToTry(scene));
  })();
  try {
    // Whatever becomes of the story once it is to end is of no interest.
    if ((await Promise.race([asked, told])) !== "asked") await asked;
  } catch (error) {
    process.exitCode = 1;
    console.error(error instanceof Missing ? error.message : error);
  } finally {
    told.catch(() => {});
    await demo.stop();
    // What the story still waits for would keep the process.
    process.exit();
  }
});
