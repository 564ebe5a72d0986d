/** `make jaeger`: builds Jaeger where it is not built, and prints the folder that it is in. A first build takes about four minutes on two cores. */
import { runMain } from "../../tools/envoy-binary.ts";
import { built } from "../istio/programs/build.ts";
import { JAEGER } from "./jaeger.ts";

await runMain(() => console.log(built(JAEGER)));
