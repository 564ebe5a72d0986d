import { counter, type FilterMetrics } from "./metric.ts";

export const HEADER_ROUTING: FilterMetrics = {
  filter: "header-routing",
  title: "header-routing",
  panels: [
    {
      title: "Requests without a route",
      unit: "reqps",
      overview: true,
      metrics: [counter("header_routing.no_match", "requests that no route matches")],
    },
    {
      title: "Requests by route",
      unit: "reqps",
      overview: true,
      metrics: [
        counter(
          "header_routing.route.<route>.matched",
          "requests of each named route; routes with one name share a counter",
        ),
      ],
    },
  ],
  internal: [],
  tags: [{ tag_name: "route", regex: "^wasmcustom\\.header_routing\\.route(\\.(.*))\\.matched$" }],
};
