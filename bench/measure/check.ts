import { request, type Agent } from "node:http";

/**
 * Sees that a listener decides at all before its cost is measured: the measured request must get `answer`, or what
 * some requests get, and the same with any one of the headers in `reads` changed must get `otherwise`, or what that says of the header.
 *
 * @throws Error that names the listener and the header where an answer is another
 */
export async function checkDecision(
  name: string,
  port: number,
  headers: Readonly<Record<string, string>>,
  answer: string,
  reads: readonly string[],
  otherwise: string | Readonly<Record<string, string>>,
  sometimes = answer,
): Promise<void> {
  await expectAnswer(`${name}, the measured request`, port, headers, [answer, sometimes]);
  for (const header of reads) {
    const expected = typeof otherwise === "string" ? otherwise : otherwise[header]!;
    await expectAnswer(`${name}, another ${header}`, port, { ...headers, [header]: "another" }, [expected]);
  }
}

async function expectAnswer(
  what: string,
  port: number,
  headers: Readonly<Record<string, string>>,
  expected: readonly string[],
): Promise<void> {
  const body = await get(port, headers);
  if (!expected.includes(body)) throw new Error(`${what}: expected "${expected[0]}", got "${body}"`);
}

/**
 * Asks for /reviews once, on a connection of its own if no `agent` keeps one: the body of the answer, with its status before it if that is
 * not 200.
 */
export function get(
  port: number,
  headers: Readonly<Record<string, string>>,
  agent: Agent | false = false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: "/reviews",
      headers: { host: "reviews", ...headers },
      agent,
    };
    const sent = request(options, (response) => {
      let body = "";
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve(response.statusCode === 200 ? body : `${response.statusCode} ${body}`));
    });
    sent.on("error", reject).end();
  });
}
