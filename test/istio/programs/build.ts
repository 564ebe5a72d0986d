/**
 * Builds what is lacking of `builds()`, and prints the folders; with `--built` it builds nothing, and fails where something is
 * lacking. A first build takes about ten minutes on two cores, a gigabyte of Go's module cache and some of its build cache; where
 * it is interrupted, what Go had built is not built again.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Missing, runMain } from "../../../tools/envoy-binary.ts";
import { GO_ENVIRONMENT, QUICK_TO_BUILD } from "../../support/go.ts";
import { ISTIO_VERSION, builds, type Build } from "./builds.ts";
import { builtPrograms, cacheFolder } from "./cache.ts";

/**
 * Builds the programs where they are not built.
 *
 * @throws Missing in one line where Go or apt is not there, or either of them fails
 */
export function buildPrograms(): void {
  for (const build of builds()) built(build);
}

/**
 * Builds the programs of one Go module if they are not built, and gives the folder that they are in.
 *
 * @throws Missing as `buildPrograms`
 */
export function built(build: Build): string {
  const folder = cacheFolder(build);
  if (!existsSync(folder)) buildInto(folder, build);
  return folder;
}

function buildInto(folder: string, build: Build): void {
  const what = build.name[0]?.toUpperCase() + build.name.slice(1);
  demand("go", ["version"], `${what} is built with Go, which is not here (https://go.dev/doc/install)`);
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    if (build.debian !== undefined) copyFromDebian(build.debian, unfinished);
    buildAll(build, unfinished);
    copyFiles(build, unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function buildAll({ module, programs, quick = false }: Build, target: string): void {
  for (const { name, package: path, tags = "", set } of programs) {
    console.error(`Building ${name}, once`);
    const variables = Object.entries(set).map(([variable, value]) => `-X ${variable}=${value}`);
    const flags = ["-trimpath", "-buildvcs=false", `-tags=${tags}`, `-ldflags=-s -w ${variables.join(" ")}`];
    if (quick) flags.push(QUICK_TO_BUILD);
    run("go", ["build", ...flags, "-o", join(target, name), path], module);
  }
}

function copyFiles({ module: own, files }: Build, target: string): void {
  for (const { module, path } of files) {
    const source = run("go", ["list", "-m", "-f", "{{.Dir}}", module], own).trim();
    cpSync(join(source, path), join(target, basename(path)), { recursive: true });
  }
}

/** Unpacks a package, and does not install it, as that might start a service. */
function copyFromDebian({ package: name, path }: NonNullable<Build["debian"]>, target: string): void {
  demand("apt-get", ["--version"], `${basename(path)} is taken from Debian, and there is no apt-get here`);
  const folder = mkdtempSync(join(tmpdir(), "signalbox-debian-"));
  const download = (): void => void run("apt-get", ["download", "-qq", name], folder);
  try {
    console.error(`Taking ${basename(path)} from Debian`);
    try {
      download();
    } catch {
      // Without lists, as on a fresh machine, apt finds nothing.
      run("apt-get", ["update", "-qq"], folder);
      download();
    }
    const [archive = ""] = readdirSync(folder);
    run("dpkg-deb", ["-x", archive, "unpacked"], folder);
    copyFileSync(join(folder, "unpacked", path), join(target, basename(path)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function demand(command: string, words: string[], otherwise: string): void {
  if (spawnSync(command, words, { stdio: "ignore" }).status !== 0) throw new Missing(`${otherwise}.`);
}

function run(command: string, words: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd,
    env: GO_ENVIRONMENT,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status === 0) return stdout;
  const reason = (stderr ?? "").trim().split("\n").pop() ?? "";
  throw new Missing(`${command} ${words.slice(0, 1).join(" ")} ${words.at(-1)} failed: ${reason}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    if (process.argv[2] === "--built") {
      if (builtPrograms() === undefined) throw new Missing("Istio is not built: make istio-test builds it.");
    } else buildPrograms();
    console.log(`Istio ${ISTIO_VERSION}: ${builds().map(cacheFolder).join(", ")}`);
  });
}
