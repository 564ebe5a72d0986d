import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { wasmFilter } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import { OUT } from "../measure/compile.ts";
import { SUBSET_ROUTES, type Skipped, type Variant } from "./variant.ts";

const run = promisify(execFile);
const TARGET = "wasm32-wasip1";

/** The decision with the Rust SDK, where cargo is there and rustup has the target or can add it. */
export async function rustSdk(): Promise<Variant | Skipped> {
  const named = { name: "rust", title: "Rust SDK (proxy-wasm 0.2.5)" };
  try {
    await run("cargo", ["--version"]);
  } catch {
    return { ...named, reason: "cargo is not installed" };
  }
  try {
    await run("rustup", ["target", "add", TARGET]);
  } catch {
    // A distribution's own Rust has no rustup; whether it has the target, the build says.
  }
  const folder = resolve(OUT, "rust");
  const manifest = resolve(PROJECT, "bench/rust/Cargo.toml");
  const where = ["--manifest-path", manifest, "--target-dir", folder];
  try {
    await run("cargo", ["build", "--release", "--locked", "--quiet", "--target", TARGET, ...where]);
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim().split("\n")[0];
    return { ...named, reason: `cargo cannot build for ${TARGET}: ${reason ?? (error as Error).message}` };
  }
  const filters = [wasmFilter("rust", resolve(folder, TARGET, "release/steering.wasm"))];
  return { ...named, answer: "v2", reads: ["end-user"], filters, routes: SUBSET_ROUTES };
}
