import type { Argv, CommandModule } from "yargs";
import { convert } from "../convert/convert.ts";
import type { Options } from "../convert/options.ts";
import { EXIT } from "../failure.ts";
import { hasErrors } from "../finding.ts";
import { findingLine } from "../output/findings.ts";
import { print, printJson } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import { yamlDocument } from "../output/yaml.ts";
import { labelsOf } from "./labels.ts";
import { FILES, FILTER } from "./options.ts";

interface Arguments extends Omit<Options, "selector" | "trustDomainAliases"> {
  files: string[];
  selector: string | undefined;
  trustDomainAlias: string[];
  output: "yaml" | "json";
}

export const CONVERT: CommandModule<object, Arguments> = {
  command: "convert <files..>",
  describe: "Make plugins of the VirtualServices and AuthorizationPolicies that you have",
  // yargs does not see that its own names in camelCase are these.
  builder: (yargs) =>
    yargs
      .positional("files", FILES)
      .options({
        filter: { ...FILTER, describe: "of a VirtualService, the only filter to convert to" },
        selector: { type: "string", alias: "l", describe: "the plugins' workloads: app=httpbin,version=v1" },
        namespace: { type: "string", alias: "n", default: "default", describe: "of resources that name none" },
        "to-namespace": { type: "string", describe: "where plugins of VirtualServices go" },
        mode: { choices: ["CLIENT", "SERVER"] as const, describe: "the plugins' match" },
        gateway: { type: "string", default: "mesh", describe: "for which of a VirtualService's gateways" },
        "root-namespace": { type: "string", default: "istio-system", describe: "as in the MeshConfig" },
        "trust-domain": { type: "string", describe: "as in the MeshConfig" },
        "trust-domain-alias": {
          type: "string",
          array: true,
          nargs: 1,
          default: [] as string[],
          describe: "as in the MeshConfig",
        },
        url: { type: "string", default: "oci://registry.example.com/signalbox/{filter}:0.1.0", describe: "the image" },
        output: {
          alias: "o",
          choices: ["yaml", "json"] as const,
          default: "yaml" as const,
          describe: "of what is made",
        },
      } as const)
      .epilogue(
        "AuthorizationPolicies become plugins of authz, VirtualServices with faults of fault-injection,\n" +
          "those with routes of header-routing, with the VirtualService that stays behind it. What is made\n" +
          "goes to standard output; what cannot be converted is named on standard error, with the reason.\n\n" +
          "Ends with 0 where all was converted, with 1 where something was not.",
      )
      .example("$0 convert policies.yaml > authz.yaml", "then: signalbox validate authz.yaml")
      .example("kubectl get authorizationpolicies -A -o yaml | $0 convert -", "those of a cluster")
      .example(
        "$0 convert -l istio=ingressgateway --gateway bookinfo-gateway reviews.yaml",
        "for a gateway",
      ) as unknown as Argv<Arguments>,
  handler: (args) => {
    const { selector, trustDomainAlias, ...others } = args;
    const { made, findings } = convert(args.files.map(String), {
      ...others,
      trustDomainAliases: trustDomainAlias,
      selector: labelsOf("--selector", selector),
    });
    if (args.output === "json") printJson({ resources: made.map(({ resource }) => resource), findings });
    else if (made.length > 0) {
      print(
        made
          .map(({ resource, comment }) => yamlDocument(resource, comment))
          .join("---\n")
          .trimEnd(),
      );
    }
    if (args.output === "yaml") for (const finding of findings) streams.err(`${findingLine(finding)}\n`);
    process.exitCode = hasErrors(findings) ? EXIT.found : EXIT.ok;
  },
};
