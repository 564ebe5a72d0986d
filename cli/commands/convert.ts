import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import type { GatewayPods } from "../convert/gateway-pods.ts";
import { CONVERTIBLE } from "../convert/kinds.ts";
import type { Options as Conversion } from "../convert/options.ts";
import { EXIT, Failure } from "../failure.ts";
import { hasErrors } from "../finding.ts";
import { A_NAMESPACE, isNamespace } from "../input/names.ts";
import { coded } from "../output/coded.ts";
import { findingLine } from "../output/findings.ts";
import { print, printJson } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import { labelsOf } from "./labels.ts";
import { choice, filesArgument, nameOption, repeated } from "./options.ts";

interface Options extends Omit<Conversion, "selector" | "trustDomainAliases" | "gatewayPods"> {
  selector?: string;
  trustDomainAlias: string[];
  gatewayPods: string[];
  output: "yaml" | "json";
}

export function convertCommand(): Command {
  const command = new Command("convert")
    .summary("make plugins of the VirtualServices, AuthorizationPolicies and DestinationRules that you have")
    .description("Make plugins of the VirtualServices, AuthorizationPolicies and DestinationRules that you have.")
    .addArgument(filesArgument())
    .addOption(choice("-f, --filter <filter>", "convert to this filter only", CONVERTIBLE))
    .addOption(choice("--module <module>", "one plugin of this module in place of one for each filter", ["signalbox"]))
    .option("-l, --selector <labels>", "the workloads that get the plugins: app=httpbin,version=v1")
    .addOption(
      nameOption("-n, --namespace <name>", "namespace of resources that name none", "namespace").default("default"),
    )
    .addOption(
      nameOption(
        "--to-namespace <name>",
        "namespace of the plugins of VirtualServices and DestinationRules",
        "namespace",
      ),
    )
    .addOption(
      nameOption(
        "--name <name>",
        "name of the plugins; if not given, the filter and what the plugin is made of",
        "name",
      ),
    )
    .addOption(
      choice("--mode <mode>", "where plugins run: CLIENT (outbound, gateways), SERVER (inbound)", ["CLIENT", "SERVER"]),
    )
    .option(
      "--dry-run",
      "plugins of AuthorizationPolicies and DestinationRules only count what they would refuse",
      false,
    )
    .option("--gateway <name>", "for which of a VirtualService's gateways; mesh: for sidecars", "mesh")
    .addOption(
      repeated(
        "--gateway-pods <labels>",
        "a gateway's pods: istio=ingressgateway@istio-system; none: there is no gateway; may be repeated",
      ),
    )
    .addOption(nameOption("--root-namespace <name>", "your mesh's root namespace", "namespace").default("istio-system"))
    .option("--trust-domain <domain>", "your mesh's trust domain, if it is not cluster.local")
    .addOption(repeated("--trust-domain-alias <domain>", "an alias of the trust domain; may be repeated"))
    .option(
      "--url <url>",
      "the image, where {filter} stands for the filter's name; if not given, one that does not exist",
    )
    .addOption(choice("-o, --output <format>", "how the resources are written", ["yaml", "json"]).default("yaml"))
    .action(run);
  return explained(
    command,
    [
      "AuthorizationPolicies become plugins of authz. VirtualServices with faults become plugins of fault-injection, those " +
        "with routes plugins of header-routing and the VirtualServices that these need. DestinationRules with outlierDetection become plugins of circuit-breaking, and stay as they are. Standard output has what is made, in " +
        "the order to apply. Standard error says what could not be converted, where it stands, and why. Resources of other " +
        "kinds are left as they are.",
      "Ends with 0 if all was converted, with 1 if something was not.",
    ],
    [
      ["signalbox convert policies.yaml > authz.yaml", "then: signalbox validate authz.yaml"],
      [
        "kubectl get authorizationpolicies,gateways.networking.istio.io -A -o yaml | signalbox convert -",
        "those of a cluster",
      ],
      ["signalbox convert -l istio=ingressgateway --gateway bookinfo-gateway reviews.yaml", "for a gateway"],
    ],
  );
}

async function run(files: string[], { selector, trustDomainAlias, gatewayPods, ...others }: Options): Promise<void> {
  const [{ convert }, { comments }, { yamlDocument }] = await Promise.all([
    import("../convert/convert.ts"),
    import("../convert/comments.ts"),
    import("../output/yaml.ts"),
  ]);
  const { made, findings, notes } = convert(files, {
    ...others,
    trustDomainAliases: trustDomainAlias,
    selector: labelsOf("--selector", selector),
    gatewayPods: gatewayPodsOf(gatewayPods),
  });
  if (others.output === "json")
    printJson({ resources: made.map(({ resource }) => resource), findings: findings.map(coded), notes });
  else {
    const above = comments(made);
    const written = made.map(({ resource }, place) => yamlDocument(resource, above[place] ?? []));
    if (made.length > 0) print(written.join("").trimEnd());
    for (const finding of findings) streams.err(`${findingLine(finding)}\n`);
    for (const note of notes) streams.err(`${note}\n`);
  }
  process.exitCode = hasErrors(findings) ? EXIT.found : EXIT.ok;
}

/**
 * Each gateway's pods, `labels` or `labels@namespace`; `none` alone: there is no gateway.
 *
 * @throws Failure if it is something else
 */
function gatewayPodsOf(given: readonly string[]): GatewayPods[] | undefined {
  if (given.length === 0) return undefined;
  if (!given.includes("none")) {
    return given.map((pods) => {
      const [, labels, namespace] = /^(.*?)(?:@(.*))?$/.exec(pods) ?? [];
      if (namespace !== undefined && !isNamespace(namespace)) {
        throw new Failure(`--gateway-pods ${pods}: expected a namespace after @: ${A_NAMESPACE}`);
      }
      return { labels: labelsOf("--gateway-pods", labels) ?? {}, namespace };
    });
  }
  if (given.length > 1) throw new Failure("--gateway-pods none: another --gateway-pods names a gateway");
  return [];
}
