/** Credentials as `docker login` keeps them. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { RegistryError } from "./error.ts";

/** What a registry is told about who asks. */
export interface Credentials {
  /** `user:password`. */
  basic?: string;
  /** A refresh token, to be exchanged where the registry says (`identitytoken`). */
  identityToken?: string;
}

interface DockerConfig {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
}

/** `config.json` in `DOCKER_CONFIG`, else in `~/.docker`. */
export function dockerConfigFile(): string {
  return join(process.env.DOCKER_CONFIG || join(homedir(), ".docker"), "config.json");
}

/**
 * What Docker's configuration has for `host`: of its helper program (`credHelpers`, `credsStore`) or else in the file itself
 * (`auths`). Nothing where there is nothing. Throws `RegistryError` where the file cannot be read.
 */
export function credentialsFor(host: string, file = dockerConfigFile()): Credentials {
  const config = readConfig(file);
  const helper = config.credHelpers?.[host] ?? config.credsStore;
  const helped = helper ? askHelper(helper, host) : undefined;
  if (helped !== undefined) return helped;
  const [, entry] = Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === host) ?? [];
  if (entry?.identitytoken) return { identityToken: entry.identitytoken };
  return entry?.auth ? { basic: Buffer.from(entry.auth, "base64").toString() } : {};
}

function readConfig(file: string): DockerConfig {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DockerConfig;
  } catch (error) {
    throw new RegistryError(`${file} cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** Keys are hosts, or as older versions wrote them URLs. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

/** By the protocol of docker-credential-helpers: the host goes in, JSON comes out, and a failure means there is nothing. */
function askHelper(helper: string, host: string): Credentials | undefined {
  const { status, stdout } = spawnSync(`docker-credential-${helper}`, ["get"], { input: host, encoding: "utf8" });
  if (status !== 0) return undefined;
  const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
  return Username === "<token>" ? { identityToken: Secret } : { basic: `${Username}:${Secret}` };
}
