import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { registryProgram } from "../../../images/test/docker-registry.ts";
import { freePort } from "../../support/envoy/ports.ts";
import { Program } from "./program.ts";

/** A registry that anybody may push to, without TLS: Debian's docker-registry, which is the CNCF's distribution. */
export class Registry {
  private constructor(
    private readonly program: Program,
    /** Host and port, as the names of its images begin. */
    readonly address: string,
  ) {}

  /** Starts one with its images below `folder`, and waits until it answers. Throws where there is no such program. */
  static async start(folder: string): Promise<Registry> {
    const program = registryProgram();
    if ("missing" in program) throw new Error(program.missing);
    mkdirSync(folder, { recursive: true });
    const address = `127.0.0.1:${await freePort()}`;
    const configuration = {
      version: 0.1,
      log: { level: "warn" },
      storage: { filesystem: { rootdirectory: join(folder, "images") } },
      http: { addr: address },
    };
    writeFileSync(join(folder, "registry.yaml"), stringify(configuration));
    const running = Program.start({
      name: "docker-registry",
      command: program.path,
      args: ["serve", "registry.yaml"],
      folder,
    });
    const registry = new Registry(running, address);
    try {
      await running.until("to answer", async () => await registry.answers());
      return registry;
    } catch (error) {
      await registry.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private async answers(): Promise<boolean> {
    return await fetch(`http://${this.address}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
