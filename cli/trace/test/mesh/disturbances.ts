/** What is usual in a mesh and no fault of a service, but makes it harder to see one. */
import type { Random } from "../../../../test/oracle/random.ts";
import type { Finding } from "../../doctor/finding.ts";
import { spanName, type Mesh } from "./mesh.ts";

export interface Disturbance {
  readonly name: string;
  /** How many requests are needed for as much to be seen. */
  readonly times: number;
  /** Puts it in, and gives a test of the findings that are right because of it. */
  readonly put: (mesh: Mesh, random: Random) => (finding: Finding) => boolean;
}

const nothing = (): boolean => false;

export const NONE: Disturbance = { name: "as it is", times: 1, put: () => nothing };

/** Where Envoy's tracers sample; ours decides by trace id, so both halves of a broken trace are seen in 1 of 10,000. */
export const ONE_PERCENT: Disturbance = {
  name: "sampled at 1 %",
  times: 20,
  put(mesh) {
    mesh.sampling = 1;
    if (mesh.tracer === "signalbox") mesh.tracer = "envoy-opentelemetry";
    return nothing;
  },
};

export const LOST: Disturbance = {
  name: "1 % of all spans lost",
  times: 1,
  put(mesh) {
    mesh.lost = 1;
    return ({ id, confidence }) => id === "orphan" && confidence === "hint";
  },
};

export const SKEWED: Disturbance = {
  name: "clocks that differ",
  times: 1,
  put(mesh, random) {
    const sidecars = [...mesh.services.values()].filter(({ kind }) => kind === "sidecar");
    for (const { pods } of sidecars) for (const one of pods) one.skew = random.int(3000) - 1500;
    const wrong = random.pick(sidecars);
    for (const one of wrong.pods) one.skew = random.pick([250_000, -100_000]);
    return ({ id, service }) => id === "skew" && service === spanName(wrong);
  },
};

export const KEPT: Disturbance = {
  name: "kept spans of unsampled traces",
  times: 3,
  put(mesh) {
    mesh.tracer = "signalbox";
    mesh.sampling = 40;
    mesh.keep = true;
    for (const service of mesh.services.values()) if (service.kind === "sidecar") service.failing = 3;
    return nothing;
  },
};
