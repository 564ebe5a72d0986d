import { counter, gauge, type FilterMetrics } from "./metric.ts";

export const FAULT_INJECTION: FilterMetrics = {
  filter: "fault-injection",
  title: "fault-injection",
  panels: [
    {
      title: "Faults injected",
      unit: "reqps",
      overview: true,
      metrics: [
        counter("fault_injection.delays_injected", "delays that began"),
        counter("fault_injection.aborts_injected", "aborts, after their delay"),
      ],
    },
    {
      title: "Faults active now",
      unit: "short",
      overview: true,
      metrics: [gauge("fault_injection.active_faults", "faults that are active now, in all workers", "sum")],
    },
    {
      title: "Faults that did not happen",
      unit: "reqps",
      metrics: [
        counter("fault_injection.faults_overflow", "faults that `maxActiveFaults` prevented"),
        counter("fault_injection.faults_over_budget", "faults that `budget` prevented"),
        counter("fault_injection.faults_exempted", "faults that were drawn for a request that is exempt"),
      ],
    },
    {
      title: "Faults by entry",
      unit: "reqps",
      metrics: [
        counter(
          "fault_injection.route.<fault>.delays_injected",
          "delays of an entry; entries with one name share a counter",
        ),
        counter("fault_injection.route.<fault>.aborts_injected", "aborts of an entry"),
      ],
    },
  ],
  internal: [],
  tags: [{ tag_name: "fault", regex: "^wasmcustom\\.fault_injection\\.route(\\.(.*))\\.(?:delays|aborts)_injected$" }],
};
