import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { NAME, NAMESPACE, SECRET, serviceNames, WEBHOOK } from "../admission/installation.ts";
import { streams } from "../output/streams.ts";
import { nameOption, repeated, wholeNumber } from "./options.ts";

interface Options {
  service: string;
  namespace: string;
  host: string[];
  days: number;
  trustToo?: string;
  folder?: string;
}

/** Longer than anybody wants a certificate to be good: ten years. */
const MAX_DAYS = 3650;

export function certificateCommand(): Command {
  const command = new Command("certificate")
    .summary("make the webhook's certificate, if no cert-manager does")
    .description("Make a CA and a certificate of the webhook, and print what makes a cluster use them.")
    .addOption(nameOption("--service <name>", "the webhook's Service", "name").default(NAME))
    .addOption(nameOption("-n, --namespace <name>", "its namespace", "namespace").default(NAMESPACE))
    .addOption(repeated("--host <host>", "another name or address that it is for; repeatable"))
    .addOption(wholeNumber("--days <number>", "how long it holds", 1, MAX_DAYS).default(365))
    .option("--trust-too <file>", "the CA before, PEM, to be trusted until every replica has the new certificate")
    .option("--folder <folder>", "write tls.crt, tls.key and ca.crt there, and print nothing")
    .action(run);
  return explained(
    command,
    [
      `Prints a Secret with the certificate and its key, and the ValidatingWebhookConfiguration's caBundle, for kubectl apply ` +
        `--server-side: that leaves all other fields as they are. The CA's own key is not kept. Whoever sees the output has ` +
        `the webhook's key.`,
      "Before the certificate expires, run it again: the metric signalbox_admission_certificate_expiry_timestamp_seconds says when.",
    ],
    [
      [
        "signalbox admission certificate | kubectl apply --server-side --field-manager=signalbox-certificate -f -",
        "after kubectl apply --kustomize manifests/admission/base",
      ],
    ],
  );
}

async function run({ service, namespace, host, days, trustToo, folder }: Options): Promise<void> {
  const { issue } = await import("../admission/authority.ts");
  const { readText } = await import("../input/files.ts");
  const before = trustToo === undefined ? "" : readText(trustToo).text;
  const { authority, certificate, key } = await issue([...serviceNames(service, namespace), ...host], days);
  if (folder !== undefined) {
    const { writeFiles } = await import("../output/files.ts");
    writeFiles(folder, { "tls.crt": certificate, "tls.key": key, "ca.crt": authority });
    return;
  }
  const { yamlDocument } = await import("../output/yaml.ts");
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: SECRET, namespace },
    type: "kubernetes.io/tls",
    data: { "tls.crt": base64(certificate), "tls.key": base64(key), "ca.crt": base64(authority) },
  };
  const configuration = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: NAME },
    webhooks: [{ name: WEBHOOK, clientConfig: { caBundle: base64(authority + before) } }],
  };
  streams.out(yamlDocument(secret, []) + yamlDocument(configuration, []));
}
