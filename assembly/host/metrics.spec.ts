import { calls, clearFaults, fail, gauge, restart } from "../../test/support/spec/emulator";
import { utf8 } from "../text/text";
import { MetricType, NO_LIMIT, defineMetric, incrementMetric, reserveGauge } from "./metrics";
import { Status } from "./status";

restart();
const places = defineMetric(MetricType.GAUGE, utf8("places"));

describe("a place that a gauge counts", () => {
  it("is taken as long as the gauge is within the limit, and given back", () => {
    expect(reserveGauge(places, 2)).toBe(true);
    expect(reserveGauge(places, 2)).toBe(true);
    expect(reserveGauge(places, 2)).toBe(false);
    expect(gauge("places")).toBe(2);
    incrementMetric(places, -1);
    expect(reserveGauge(places, 2)).toBe(true);
    incrementMetric(places, -2);
    expect(gauge("places")).toBe(0);
  });

  it("is counted first and looked at then, and only if there is a limit", () => {
    calls();
    reserveGauge(places, 0);
    expect(calls()).toBe("increment_metric places 1\nget_metric places\nincrement_metric places -1");
    expect(reserveGauge(places, NO_LIMIT)).toBe(true);
    expect(calls()).toBe("increment_metric places 1");
    incrementMetric(places, -1);
  });

  it("is not taken if the host does not tell how many are", () => {
    fail("proxy_get_metric", Status.INTERNAL_FAILURE);
    expect(reserveGauge(places, 2)).toBe(false);
    clearFaults();
    expect(gauge("places")).toBe(0);
  });
});
