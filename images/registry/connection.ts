import type { Address } from "./address.ts";
import { type Challenge, readChallenge } from "./challenge.ts";
import { type Credentials, dockerConfigFile } from "./credentials.ts";
import { RegistryError } from "./error.ts";
import { fetchOrSay } from "./fetch.ts";

/** What a request may have besides its method and address. */
export interface RequestOptions {
  headers?: Record<string, string>;
  body?: Buffer;
}

/** Requests to one repository of a registry, with the authorization that it asks for. */
export class Connection {
  /** The value of `Authorization`, once the registry has asked for it. */
  #authorization: string | undefined;

  constructor(
    readonly address: Address,
    readonly repository: string,
    readonly credentials: Credentials,
  ) {}

  /**
   * Answers of any status but 401 and 403, for which there is a `RegistryError`, as where none comes.
   *
   * @param place below `/v2/<repository>/`, or an absolute URL that the registry named
   */
  async request(method: string, place: string, options: RequestOptions = {}): Promise<Response> {
    const url = new URL(place, `${this.address.origin}/v2/${this.repository}/`);
    const answer = await this.#send(method, url, options);
    if (answer.status !== 401) return this.#allowed(answer);
    const challenge = readChallenge(answer.headers.get("www-authenticate"));
    if (challenge === undefined) throw this.#refused("answers 401 and asks for neither Basic nor Bearer credentials");
    await answer.body?.cancel();
    this.#authorization = await this.#authorize(challenge);
    const second = await this.#send(method, url, options);
    if (second.status === 401) throw this.#refused(`does not take ${this.#who()}`);
    return this.#allowed(second);
  }

  async #send(method: string, url: URL, { headers, body }: RequestOptions): Promise<Response> {
    // Credentials are for the registry alone, not for a store that it sends its clients to.
    const own = url.origin === new URL(this.address.origin).origin;
    const authorization = own && this.#authorization !== undefined && { authorization: this.#authorization };
    return await fetchOrSay(url, { method, headers: { ...headers, ...authorization }, ...(body && { body }) });
  }

  #allowed(answer: Response): Response {
    if (answer.status === 403) throw this.#refused(`forbids this to ${this.#who()}`);
    return answer;
  }

  async #authorize({ scheme, parameters }: Challenge): Promise<string> {
    const { basic, identityToken } = this.credentials;
    if (scheme === "bearer") return `Bearer ${await this.#token(parameters)}`;
    if (basic !== undefined) return basicOf(basic);
    const has = identityToken === undefined ? "no" : "only a token, and no";
    throw this.#refused(
      `wants a password, and ${dockerConfigFile()} has ${has} password for it: docker login ${this.address.host}`,
    );
  }

  /** A token from where the registry says (distribution, "Token Authentication" and "OAuth2 Token Authentication"). */
  async #token({ realm = "", service, scope }: Record<string, string>): Promise<string> {
    if (!URL.canParse(realm)) throw this.#refused(`names no place to get a token ("${realm}")`);
    const url = new URL(realm);
    if (url.protocol !== "https:" && this.address.origin.startsWith("https:")) {
      throw this.#refused(`would have credentials sent to ${url.origin}, unencrypted`);
    }
    const asked = { ...(service && { service }), scope: scope ?? `repository:${this.repository}:pull,push` };
    const { basic, identityToken } = this.credentials;
    let answer: Response;
    if (identityToken !== undefined) {
      const grant = { grant_type: "refresh_token", refresh_token: identityToken, client_id: "signalbox" };
      answer = await fetchOrSay(url, { method: "POST", body: new URLSearchParams({ ...asked, ...grant }) });
    } else {
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      answer = await fetchOrSay(url, { headers: basic === undefined ? {} : { authorization: basicOf(basic) } });
    }
    if (!answer.ok)
      throw this.#refused(`has ${url.host} give tokens, which answers ${answer.status} to ${this.#who()}`);
    const { token, access_token } = (await answer.json()) as { token?: string; access_token?: string };
    const given = token ?? access_token;
    if (given === undefined) throw this.#refused(`has ${url.host} give tokens, which gave none`);
    return given;
  }

  #who(): string {
    const known = this.credentials.basic ?? this.credentials.identityToken;
    if (known === undefined) return `a client without credentials: docker login ${this.address.host}`;
    return `the credentials of ${dockerConfigFile()}`;
  }

  #refused(what: string): RegistryError {
    return new RegistryError(`${this.address.host}/${this.repository}: the registry ${what}.`);
  }
}

function basicOf(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword).toString("base64")}`;
}
