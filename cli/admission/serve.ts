import { once } from "node:events";
import { carriedWorker } from "../carried.ts";
import { log } from "./log.ts";
import { AdmissionServer } from "./server.ts";
import type { CertificateFiles } from "./certificate-files.ts";

/** What the user says of the server. */
export interface Serving {
  readonly files: CertificateFiles;
  /** All addresses if undefined. */
  readonly host: string | undefined;
  readonly port: number;
  readonly images: readonly string[];
  readonly threads: number;
  /** For one review, in milliseconds. */
  readonly deadline: number;
  /** How long reviews are still taken after SIGTERM, in milliseconds. */
  readonly drain: number;
}

/**
 * An object has 1.5 MiB in etcd, and an API server takes 3 MiB of one by default; a review of an UPDATE has it twice, with
 * what JSON adds.
 */
const MAX_BYTES = 8 << 20;
/** 10,000 rules of authz, which are all that etcd takes, are reviewed with 48. */
const MEMORY_MIB = 256;
/** Reviews that wait for a thread at most, and how long: with the deadline it stays below the manifest's timeout of 10 s. */
const WAITING = 16;
const PATIENCE_MS = 4000;
const REQUEST_MS = 10_000;
const LOOK_EVERY_MS = 5000;

/** Serves until SIGTERM or SIGINT; SIGHUP looks at the certificate's files at once. */
export async function serve({ files, host, port, images, threads, deadline, drain }: Serving): Promise<void> {
  const server = await AdmissionServer.start({
    files,
    host,
    port,
    reviewers: {
      program: carriedWorker(),
      data: { images },
      threads,
      deadline,
      memory: MEMORY_MIB,
      waiting: WAITING,
      patience: PATIENCE_MS,
    },
    mostBytes: MAX_BYTES,
    requestTime: REQUEST_MS,
    lookEvery: LOOK_EVERY_MS,
  });
  process.on("SIGHUP", () => server.reload());
  const signal = await Promise.race(["SIGTERM", "SIGINT"].map(async (name) => (await once(process, name), name)));
  server.drain();
  log("info", `${signal}: the server takes reviews for ${drain} ms more, and then ends`);
  // Until then every API server has heard that this one is not ready, and asks the others.
  await new Promise((resolve) => setTimeout(resolve, drain));
  await server.stop();
  log("info", "the server has ended");
}
