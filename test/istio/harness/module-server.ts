import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { moduleOf } from "../../../images/project-images.ts";
import { moduleNames } from "../../../tools/project.ts";

/** Gives the filters' modules over HTTP, as a bucket or a web server would. */
export class ModuleServer {
  private constructor(private readonly server: Server) {}

  /** @param folder has the modules of another build, which may lack some */
  static async start(folder?: string): Promise<ModuleServer> {
    const isThere = (filter: string): boolean => folder === undefined || existsSync(join(folder, `${filter}.wasm`));
    const of = (filter: string): Buffer =>
      folder === undefined ? moduleOf(filter) : readFileSync(join(folder, `${filter}.wasm`));
    const modules = new Map(
      moduleNames()
        .filter(isThere)
        .map((filter) => [`/${filter}.wasm`, of(filter)]),
    );
    const server = createServer(({ url = "" }, response) => {
      const module = modules.get(url);
      if (module === undefined) response.writeHead(404).end();
      else response.setHeader("content-type", "application/wasm").end(module);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ModuleServer(server);
  }

  /** Where the module of a filter is. */
  url(filter: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${filter}.wasm`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
