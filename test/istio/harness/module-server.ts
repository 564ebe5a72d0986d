import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { moduleOf } from "../../../images/project-images.ts";
import { moduleNames } from "../../../tools/project.ts";

/** Gives the filters' modules over HTTP, as a bucket or a web server would. */
export class ModuleServer {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<ModuleServer> {
    const modules = new Map(moduleNames().map((filter) => [`/${filter}.wasm`, moduleOf(filter)]));
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
