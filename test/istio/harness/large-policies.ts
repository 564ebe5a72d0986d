import { until } from "../../../envoy/deadline.ts";
import { WRITINGS, pluginConfig } from "../../../filters/authz/test/module/rules-that-fit.ts";
import type { Answer } from "./client.ts";
import type { Resource } from "./kubernetes.ts";
import type { Mesh } from "./mesh.ts";
import { selecting, shownPlugin, type PluginSpec } from "./plugins.ts";
import type { Workload } from "./workload.ts";

/** The path that is allowed by all of them, that which none allows, and that which the one with a number denies and all others allow. */
export const ALLOWED = "/";
export const DENIED = "/nobody";
export const pathOf = (number: number): string => `/push-${number}`;

/** Where in the resource the number is. */
const NUMBERED = "/spec/pluginConfig/policies/1/rules/0/to/0/operation/paths/0";

/** Whether authz denied a request. */
export function isDenied({ status, body }: Pick<Answer, "status" | "body">): boolean {
  return status === 403 && body === "RBAC: access denied";
}

/** A WasmPlugin for version v1 of an application, with so many rules for nobody and a few more, which tell its number. */
export class LargePolicies {
  constructor(
    private readonly mesh: Mesh,
    private readonly workload: Workload,
    private readonly rules: number,
    private readonly image: Pick<PluginSpec, "url" | "sha256"> = mesh.image("authz"),
  ) {}

  /** The bytes of the resource as JSON. */
  get bytes(): number {
    return Buffer.byteLength(this.manifest(0));
  }

  /** Applies it with a number for the first time, and waits until that decides at the workload. It stays until `remove`. */
  async apply(number: number): Promise<void> {
    await this.mesh.applyLarge(this.manifest(number));
    // Envoy replaces the listener then, and closes a connection of the one before that is left when its drain is over.
    await until(`${number} to decide`, async () => await this.decides(number).catch(() => false));
  }

  /** Changes one of its rules, and with it its number, and waits until that decides at the workload. */
  async push(number: number): Promise<void> {
    await this.mesh.patch(this.resource(), [{ op: "replace", path: NUMBERED, value: pathOf(number) }]);
    await until(`push ${number} to decide`, async () => await this.decides(number));
  }

  async remove(): Promise<void> {
    await this.mesh.remove(this.resource());
  }

  private manifest(number: number): string {
    const { policies } = pluginConfig(WRITINGS[0]!, this.rules) as { policies: { rules: object[] }[] };
    policies[0]!.rules.push({ to: [{ operation: { methods: ["GET"], paths: [ALLOWED, "/push-*"] } }] });
    const rules = [{ to: [{ operation: { paths: [pathOf(number)] } }] }];
    const denying = { name: "push", namespace: "default", action: "DENY", rules };
    return JSON.stringify(this.resource({ policies: [...policies, denying] }));
  }

  private resource(pluginConfig: object = {}): Resource {
    const { app } = this.workload.identity;
    const selector = selecting(app, "v1");
    return shownPlugin("authz", `large-${app}`, { sha256: undefined, ...this.image, selector, pluginConfig });
  }

  private async decides(number: number): Promise<boolean> {
    return (
      isDenied(await this.workload.receive({ path: pathOf(number) })) &&
      (await this.workload.receive({ path: ALLOWED })).status === 200
    );
  }
}
