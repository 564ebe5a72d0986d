import { steadily } from "../harness/steadily.ts";
import { seen, type Identity, type Workload } from "../harness/workload.ts";

/* Workloads of Istio's samples that only the project's own manifests ask for; they are started when the first test needs them. */

export const PRODUCTPAGE: Identity = {
  name: "productpage",
  app: "productpage",
  version: "v1",
  serviceAccount: "bookinfo-productpage",
};

export const RATINGS: Identity = {
  name: "ratings",
  app: "ratings",
  version: "v1",
  serviceAccount: "bookinfo-ratings",
};

/** The headers by which the samples know their user Jason. */
export const JASON = { "end-user": "jason" };

/** Waits until what a workload sends to reviews ends at v2 for Jason, and at v1 for everyone else. */
export async function jasonReachesV2(from: Workload): Promise<void> {
  const reached = async (headers: Record<string, string>): Promise<string | undefined> => {
    const answer = await from.send({ host: "reviews", headers });
    return answer.status === 200 ? seen(answer).workload : undefined;
  };
  await steadily("jason reaches v2", async () => (await reached(JASON)) === "reviews-v2");
  await steadily("everyone else reaches v1", async () => (await reached({})) === "reviews-v1");
}
