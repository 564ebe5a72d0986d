import { wasmFilter } from "../measure/bootstrap.ts";
import { compile, source } from "../measure/compile.ts";
import { SUBSET_ROUTES, type Skipped, type Variant } from "./variant.ts";

/** The decision with the classes of `@solo-io/proxy-runtime`, over two small files that today's compiler lacks. */
export async function classRuntime(): Promise<Variant | Skipped> {
  const named = { name: "class-runtime", title: "classes of @solo-io/proxy-runtime 0.1.8" };
  const library = ["--lib", source("class-runtime/library")];
  const start = ["--use", "abort=abort_proc_exit", "--exportStart", "_initialize"];
  try {
    const module = await compile(source("class-runtime/entry.ts"), "class-runtime", [...library, ...start]);
    return {
      ...named,
      answer: "v2",
      reads: ["end-user"],
      filters: [wasmFilter("class-runtime", module)],
      routes: SUBSET_ROUTES,
    };
  } catch (error) {
    return { ...named, reason: `does not compile: ${(error as Error).message.split("\n")[1] ?? ""}` };
  }
}
