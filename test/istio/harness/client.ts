import { request as send } from "node:http";

/** What to ask for. */
export interface Call {
  /** Whom it is for: the Host header. */
  host: string;
  /** GET where not given. */
  method?: string;
  path?: string;
  headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** Sends one request over a connection of its own. Rejects where no answer comes. */
export async function call(address: string, port: number, what: Call): Promise<Answer> {
  const { host, method = "GET", path = "/", headers = {} } = what;
  return await new Promise((resolve, reject) => {
    const request = send(
      { host: address, port, method, path, headers: { ...headers, host }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (bytes: Buffer) => chunks.push(bytes));
        response.on("error", reject);
        response.on("end", () => {
          const body = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    request.on("error", reject);
    request.end();
  });
}
