import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import type { Options as Conversion } from "../convert/options.ts";
import { EXIT } from "../failure.ts";
import { hasErrors } from "../finding.ts";
import { findingLine } from "../output/findings.ts";
import { print, printJson } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import { labelsOf } from "./labels.ts";
import { choice, filesArgument, filterOption, repeated } from "./options.ts";

interface Options extends Omit<Conversion, "selector" | "trustDomainAliases"> {
  selector?: string;
  trustDomainAlias: string[];
  output: "yaml" | "json";
}

export function convertCommand(): Command {
  const command = new Command("convert")
    .summary("make plugins of the VirtualServices and AuthorizationPolicies that you have")
    .description("Make plugins of the VirtualServices and AuthorizationPolicies that you have.")
    .addArgument(filesArgument())
    .addOption(filterOption("convert VirtualServices to this filter only"))
    .option("-l, --selector <labels>", "the plugins' workloads: app=httpbin,version=v1")
    .option("-n, --namespace <name>", "namespace of resources that name none", "default")
    .option("--to-namespace <name>", "where plugins of VirtualServices go")
    .addOption(
      choice("--mode <mode>", "where plugins run: CLIENT (outbound, gateways), SERVER (inbound)", ["CLIENT", "SERVER"]),
    )
    .option("--gateway <name>", "for which of a VirtualService's gateways", "mesh")
    .option("--root-namespace <name>", "your mesh's root namespace", "istio-system")
    .option("--trust-domain <domain>", "your mesh's trust domain, if it is not cluster.local")
    .addOption(repeated("--trust-domain-alias <domain>", "an alias of the trust domain; may be repeated"))
    .option(
      "--url <url>",
      "the image, where {filter} stands for the filter's name",
      "oci://registry.example.com/signalbox/{filter}:0.1.0",
    )
    .addOption(choice("-o, --output <format>", "how the resources are written", ["yaml", "json"]).default("yaml"))
    .action(run);
  return explained(
    command,
    [
      "AuthorizationPolicies become plugins of authz, VirtualServices with faults of fault-injection, those with routes of " +
        "header-routing, with the VirtualService that stays behind it. What is made goes to standard output; what cannot be " +
        "converted is named on standard error, with the reason.",
      "Ends with 0 if all was converted, with 1 if something was not.",
    ],
    [
      ["signalbox convert policies.yaml > authz.yaml", "then: signalbox validate authz.yaml"],
      ["kubectl get authorizationpolicies -A -o yaml | signalbox convert -", "those of a cluster"],
      ["signalbox convert -l istio=ingressgateway --gateway bookinfo-gateway reviews.yaml", "for a gateway"],
    ],
  );
}

async function run(files: string[], { selector, trustDomainAlias, ...others }: Options): Promise<void> {
  const [{ convert }, { yamlDocument }] = await Promise.all([
    import("../convert/convert.ts"),
    import("../output/yaml.ts"),
  ]);
  const { made, findings } = convert(files, {
    ...others,
    trustDomainAliases: trustDomainAlias,
    selector: labelsOf("--selector", selector),
  });
  if (others.output === "json") printJson({ resources: made.map(({ resource }) => resource), findings });
  else if (made.length > 0) {
    print(
      made
        .map(({ resource, comment }) => yamlDocument(resource, comment))
        .join("---\n")
        .trimEnd(),
    );
  }
  if (others.output === "yaml") for (const finding of findings) streams.err(`${findingLine(finding)}\n`);
  process.exitCode = hasErrors(findings) ? EXIT.found : EXIT.ok;
}
