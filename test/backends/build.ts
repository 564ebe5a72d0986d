/**
 * `make jaeger`: builds Jaeger where it is not built, and prints the folder that it is in. A first build takes about four minutes on two cores.
 * With `--if-possible` it is no failure if that cannot be, as where there is no Go.
 */
import { Missing, runMain } from "../../tools/envoy-binary.ts";
import { built } from "../istio/programs/build.ts";
import { JAEGER } from "./jaeger.ts";

await runMain(() => {
  try {
    console.log(built(JAEGER));
  } catch (error) {
    if (!(error instanceof Missing && process.argv.includes("--if-possible"))) throw error;
    console.log(`No Jaeger: ${error.message}`);
  }
});
