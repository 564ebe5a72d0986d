/** How an application passes the context on, a line for each language. docs/tracing.md has them in full. */
export const HEADERS_BY_LANGUAGE =
  "Java: the OpenTelemetry agent, -javaagent:opentelemetry-javaagent.jar; " +
  "Go: otelhttp.NewTransport(http.DefaultTransport) and the request's context; " +
  "Node: node --require @opentelemetry/auto-instrumentations-node/register; " +
  "Python: opentelemetry-instrument python app.py; " +
  ".NET: HttpClient passes Activity.Current on";
