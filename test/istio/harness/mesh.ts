import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseAllDocuments } from "yaml";
import { until } from "../../../envoy/deadline.ts";
import { push, type Pushed } from "../../../images/registry/push.ts";
import { writePinned } from "../../../tools/manifests/pin.ts";
import { freePort } from "../../support/envoy/ports.ts";
import type { Programs } from "../programs/cache.ts";
import { Addresses } from "./addresses.ts";
import { Application } from "./application.ts";
import { COLLECTOR, Istiod } from "./istiod.ts";
import { Kubernetes, type Resource } from "./kubernetes.ts";
import { ModuleServer } from "./module-server.ts";
import { namesPlugin } from "./plugins.ts";
import { Registry } from "./registry.ts";
import { resourcesOfGateway } from "./gateway.ts";
import { oneRequestAConnection, resourcesOf, serviceOf, workloadEntry } from "./services.ts";
import { Workload, type Identity, type Ports, type Surroundings } from "./workload.ts";

/** Where images of the filters lie in the registry. */
const REPOSITORY = "signalbox";
const TAG = "test";

const SLEEP: Identity = { name: "sleep", app: "sleep", version: "v1", serviceAccount: "sleep" };
const HTTPBIN: Identity = { name: "httpbin", app: "httpbin", version: "v1", serviceAccount: "httpbin" };
const REVIEWS = { app: "reviews", serviceAccount: "bookinfo-reviews" };
const REVIEWS_V1: Identity = { name: "reviews-v1", version: "v1", ...REVIEWS };
const REVIEWS_V2: Identity = { name: "reviews-v2", version: "v2", ...REVIEWS };

/** Whose Services there are, whether or not a workload runs. */
const APPS = ["sleep", "httpbin", "reviews", "productpage", "ratings", "chained", "composed"];

/** Something that runs until it is stopped. */
export interface Running {
  stop(): Promise<void>;
}

/** What is started, in the order of its starting. */
interface Parts {
  kubernetes: Kubernetes;
  istiod: Istiod;
  modules: ModuleServer;
  /** The filters' images, in every form. */
  images: readonly Pushed[];
  /** Host and port of a registry that does not answer. */
  silentRegistry: string;
  ports: Ports;
  /** Starts another workload, with an application unless it is a gateway. */
  startWorkload: (who: Identity) => Promise<Workload>;
  /** All that were started. */
  workloads: readonly Workload[];
  /** Starts something without a sidecar, behind the Service `COLLECTOR`. */
  startCollector: <T extends Running>(start: (address: string, port: number) => Promise<T>) => Promise<T>;
  sleep: Workload;
  httpbin: Workload;
  reviewsV1: Workload;
  reviewsV2: Workload;
}

/** A whole Istio with four workloads, on loopback addresses, in a temporary folder of its own. */
export class Mesh {
  private constructor(
    private readonly parts: Parts,
    private readonly running: readonly Running[],
    private readonly folder: string,
  ) {}

  /** Starts all of it, and waits until every sidecar takes requests. Where something does not start, the rest is stopped. */
  static async start(programs: Programs): Promise<Mesh> {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-istio-"));
    const running: Running[] = [];
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    try {
      return new Mesh(await startParts(programs, folder, running), running, folder);
    } catch (error) {
      await stopAll(running, folder);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await stopAll(this.running, this.folder);
  }

  get istiod(): Istiod {
    return this.parts.istiod;
  }
  get modules(): ModuleServer {
    return this.parts.modules;
  }
  get sleep(): Workload {
    return this.parts.sleep;
  }
  get httpbin(): Workload {
    return this.parts.httpbin;
  }
  get reviewsV1(): Workload {
    return this.parts.reviewsV1;
  }
  get reviewsV2(): Workload {
    return this.parts.reviewsV2;
  }
  /** Starts another workload, which runs until the mesh stops; one that runs already it gives as it is. */
  async startWorkload(who: Identity): Promise<Workload> {
    const running = this.parts.workloads.find(({ identity }) => identity.name === who.name);
    return running ?? (await this.parts.startWorkload(who));
  }
  /** Starts what takes spans, behind the Service `COLLECTOR` and without a sidecar; it runs until the mesh stops. */
  async startCollector<T extends Running>(start: (address: string, port: number) => Promise<T>): Promise<T> {
    return await this.parts.startCollector(start);
  }
  /** The port of every Service. */
  get servicePort(): number {
    return this.parts.ports.service;
  }
  get silentRegistry(): string {
    return this.parts.silentRegistry;
  }

  /** An image of a filter: its URL by tag, and the digest of its manifest as a WasmPlugin's `sha256`. */
  image(filter: string, form: "compat" | "artifact" = "compat"): { url: string; sha256: string } {
    const name = form === "compat" ? `:${TAG}` : `:${TAG}-${form}`;
    const image = this.parts.images.find((one) => one.filter === filter && one.name.endsWith(name));
    if (image === undefined) throw new Error(`no image of ${filter} was pushed as ${name}`);
    return { url: `oci://${image.name}`, sha256: image.digest.replace("sha256:", "") };
  }

  /**
   * Applies resources for the length of a test; after it they are removed, and no sidecar has any of them any more.
   *
   * @throws Error with kubectl's words where the API server refuses one
   */
  async apply(t: TestContext, ...resources: readonly Resource[]): Promise<void> {
    t.after(async () => await this.remove(...resources));
    await this.change(...resources);
  }

  /** Removes resources before the end of a test, and waits until no sidecar has any of them any more. */
  async remove(...resources: readonly Resource[]): Promise<void> {
    await this.parts.kubernetes.remove(...resources);
    const names = resources.map(({ metadata }) => (metadata as { name: string }).name);
    await until(`${names.join(", ")} to be gone`, async () => {
      const dumps = await Promise.all(this.parts.workloads.map(async ({ admin }) => await admin.get("/config_dump")));
      return dumps.every((dump) => !resources.some((resource) => isIn(dump, resource)));
    });
  }

  /** Applies other contents of resources that `apply` removes already. */
  async change(...resources: readonly Resource[]): Promise<void> {
    await this.parts.kubernetes.apply(...resources);
  }

  /** Applies a resource that is too large for the other ways, as JSON or YAML. It stays until the mesh stops. */
  async applyLarge(manifest: string): Promise<void> {
    await this.parts.kubernetes.applyServerSide(manifest);
  }

  /** Changes a resource by a JSON patch, as `kubectl patch` does. */
  async patch(resource: Resource, operations: readonly object[]): Promise<void> {
    await this.parts.kubernetes.patch(resource, operations);
  }

  /**
   * Does what `kubectl apply --kustomize` does with a folder of `manifests/`, for the length of a test as `apply` does.
   *
   * @param folder relative to `manifests/`
   */
  async applyFolder(t: TestContext, folder: string): Promise<void> {
    const resources = await this.manifests(folder);
    t.after(async () => await this.remove(...resources));
    await this.parts.kubernetes.kubectl(["apply", "--kustomize", join(this.pinned, folder)]);
  }

  /** What `applyFolder` applies. */
  async manifests(folder: string): Promise<Resource[]> {
    const text = await this.parts.kubernetes.kubectl(["kustomize", join(this.pinned, folder)]);
    return parseAllDocuments(text).map((document) => document.toJS() as Resource);
  }

  /** `manifests/` with every image pinned as `make push` does it. */
  private get pinned(): string {
    const folder = join(this.folder, "manifests");
    if (!existsSync(folder)) {
      const compat = this.parts.images.filter(({ name }) => name.endsWith(`:${TAG}`));
      writePinned(compat, folder);
    }
    return folder;
  }
}

/** Whether a sidecar's configuration shows that a resource is in force there; false for kinds that it cannot show. */
function isIn(dump: string, { kind, metadata }: Resource): boolean {
  const { namespace, name } = metadata as { namespace: string; name: string };
  if (kind === "WasmPlugin" || kind === "TrafficExtension") return namesPlugin(dump, namespace, name);
  if (kind === "AuthorizationPolicy") return dump.includes(`ns[${namespace}]-policy[${name}]`);
  if (kind === "VirtualService") return dump.includes(`namespaces/${namespace}/virtual-service/${name}"`);
  return false;
}

async function startParts(programs: Programs, folder: string, running: Running[]): Promise<Parts> {
  const started = <T extends Running>(one: T): T => {
    running.push(one);
    return one;
  };
  const kubernetes = started(await Kubernetes.start(programs, join(folder, "kubernetes")));
  const registry = started(await Registry.start(join(folder, "registry")));
  const images = await push(`${registry.address}/${REPOSITORY}`, TAG, () => {});
  const modules = started(await ModuleServer.start());
  const addresses = new Addresses();
  const istiod = started(await Istiod.start(programs, kubernetes, join(folder, "istiod"), addresses.next()));
  const ports = { service: await freePort(), inbound: await freePort() };
  const silentRegistry = `127.0.0.1:${await freePort()}`;
  const registries = [registry.address, silentRegistry];
  const surroundings: Surroundings = { programs, discovery: istiod.address, registries, ports };
  await kubernetes.apply(
    ...APPS.flatMap((app) => [serviceOf(app, ports), oneRequestAConnection(app)]),
    serviceOf(COLLECTOR.app, { service: COLLECTOR.port, inbound: COLLECTOR.port }, COLLECTOR.namespace),
  );
  const workloads: Workload[] = [];
  const startWorkload = async (who: Identity): Promise<Workload> => {
    const address = addresses.next();
    if (who.gateway === undefined) {
      const application = started(await Application.start(who.name, { address, port: ports.service }));
      await kubernetes.apply(...resourcesOf(who, address, application.port, ports));
    } else await kubernetes.apply(...resourcesOfGateway(who, who.gateway, address, ports));
    const token = await kubernetes.token(who.serviceAccount);
    const prepared = { ...who, address, token };
    const workload = started(await Workload.start(surroundings, prepared, join(folder, who.name)));
    workloads.push(workload);
    return workload;
  };
  const startCollector: Parts["startCollector"] = async (start) => {
    const address = addresses.next();
    const collector = started(await start(address, COLLECTOR.port));
    // istiod has requests to an entry with a service account be mTLS, which only a sidecar takes.
    const entry = workloadEntry(COLLECTOR.app, { address, labels: { app: COLLECTOR.app } }, COLLECTOR.namespace);
    await kubernetes.apply(entry);
    return collector;
  };
  const [sleep, httpbin] = [await startWorkload(SLEEP), await startWorkload(HTTPBIN)];
  const [reviewsV1, reviewsV2] = [await startWorkload(REVIEWS_V1), await startWorkload(REVIEWS_V2)];
  const named = { sleep, httpbin, reviewsV1, reviewsV2 };
  return {
    kubernetes,
    istiod,
    modules,
    images,
    silentRegistry,
    ports,
    startWorkload,
    workloads,
    startCollector,
    ...named,
  };
}

/** The last first, so that nothing misses what it depends on. */
async function stopAll(running: readonly Running[], folder: string): Promise<void> {
  for (const one of [...running].reverse()) await one.stop();
  rmSync(folder, { recursive: true, force: true });
}
