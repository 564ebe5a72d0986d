/**
 * What every request carries: with `:authority`, `:path`, `:method`, `:scheme`, and Envoy's own `x-forwarded-proto` and
 * `x-request-id`, a filter sees 13 headers. `end-user: jason` makes the one-rule variants take their rule; the five
 * conditions read `end-user`, `x-tenant`, `x-region`, `user-agent` and `accept-language`.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-GB",
  "x-tenant": "acme",
  "x-region": "eu-west-1",
  cookie: "session=3f9a1c77d2e84b60; theme=dark",
  "end-user": "jason",
};
