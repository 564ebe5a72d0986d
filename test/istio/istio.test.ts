/**
 * The filters in a real Istio: `make istio-test`. One mesh for all tests, which run one after the other; each applies resources
 * with kubectl and looks at what becomes of requests.
 */
import { after, before } from "node:test";
import { Missing } from "../../tools/envoy-binary.ts";
import { Mesh } from "./harness/mesh.ts";
import { builtPrograms } from "./programs/cache.ts";
import { authorization } from "./scenarios/authorization.ts";
import { circuits } from "./scenarios/circuits.ts";
import { failures } from "./scenarios/failures.ts";
import { faults } from "./scenarios/faults.ts";
import { gateway } from "./scenarios/gateway.ts";
import { labels } from "./scenarios/labels.ts";
import { loading } from "./scenarios/loading.ts";
import { manifests } from "./scenarios/manifests.ts";
import { pushes } from "./scenarios/pushes.ts";
import { refusals } from "./scenarios/refusals.ts";
import { routing } from "./scenarios/routing.ts";
import { sharedImage } from "./scenarios/shared-image.ts";
import { signalboxAsOne } from "./scenarios/signalbox-as-one.ts";
import { signalbox } from "./scenarios/signalbox.ts";
import { spans } from "./scenarios/spans.ts";
import { traces } from "./scenarios/traces.ts";
import { tracing } from "./scenarios/tracing.ts";
import { updates } from "./scenarios/updates.ts";
import { walkthrough } from "./scenarios/walkthrough.ts";

let started: Mesh | undefined;
const mesh = (): Mesh => {
  if (started === undefined) throw new Error("the mesh did not start");
  return started;
};

before(async () => {
  const programs = builtPrograms();
  if (programs === undefined) throw new Missing("Istio is not built yet: make istio-test builds it.");
  started = await Mesh.start(programs);
});
after(async () => await started?.stop());

loading(mesh);
routing(mesh);
authorization(mesh);
faults(mesh);
circuits(mesh);
traces(mesh);
tracing(mesh);
spans(mesh);
sharedImage(mesh);
signalbox(mesh);
signalboxAsOne(mesh);
failures(mesh);
refusals(mesh);
updates(mesh);
pushes(mesh);
manifests(mesh);
labels(mesh);
gateway(mesh);
walkthrough(mesh);
