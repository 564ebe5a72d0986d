import type { Json } from "../measure/bootstrap.ts";
import { ERRORS, LONG_OPEN_MS, OPEN_MS, opens, opensAndCloses, toUpstream } from "./circuits.ts";
import type { Variant } from "./variant.ts";

const TYPE = "type.googleapis.com/envoy.extensions.filters.http.admission_control.v3.AdmissionControl";
const EJECTED = "503 no healthy upstream";

/** Envoy's own outlier detection, which ejects the only endpoint: while it is not ejected, and while it is. */
export function nativeOutlierDetection(upstream: number): Variant[] {
  const own = (name: string, title: string, milliseconds: number): Variant => {
    return { name, title, ...toUpstream(name, upstream, detection(milliseconds)), filters: [] };
  };
  const closed = own("native-outlier", "native outlier detection", OPEN_MS);
  const ejected = own("native-outlier-ejected", "native outlier detection, no host is left", LONG_OPEN_MS);
  return [
    { ...closed, prepare: opensAndCloses(EJECTED) },
    { ...ejected, prepare: opens(EJECTED), sometimes: EJECTED },
  ];
}

function detection(milliseconds: number): { [field: string]: Json } {
  const time = `${milliseconds / 1000}s`;
  return {
    outlier_detection: {
      consecutive_5xx: ERRORS,
      interval: "0.05s",
      base_ejection_time: time,
      max_ejection_time: time,
      max_ejection_percent: 100,
      enforcing_success_rate: 0,
    },
    common_lb_config: { healthy_panic_threshold: { value: 0 }, update_merge_window: "0s" },
  };
}

/** Envoy's filter that refuses by chance, the more the more requests failed; it counts for one worker. It is not seen to refuse. */
export function admissionControl(upstream: number): Variant {
  const typed_config = {
    "@type": TYPE,
    enabled: { default_value: true, runtime_key: "bench.admission_control" },
    sampling_window: "30s",
    success_criteria: {
      http_criteria: { http_success_status: [{ start: 100, end: 500 }] },
      grpc_criteria: { grpc_success_status: [0] },
    },
  };
  const filters = [{ name: "envoy.filters.http.admission_control", typed_config }];
  const name = "admission-control";
  return { name, title: "native admission_control", ...toUpstream(name, upstream), filters };
}
