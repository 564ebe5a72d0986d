/**
 * What `manifests/monitoring/` has: each dashboard as a ConfigMap with the label by which the sidecar of Grafana's Helm chart finds it
 * (`sidecar.dashboards.label`), and the rules as a PrometheusRule of the Prometheus operator.
 */
import { DASHBOARDS, dashboardText } from "../../dashboards/written.ts";
import { GROUPS } from "../../dashboards/rules/groups.ts";

const LABELS = { "app.kubernetes.io/part-of": "signalbox" };

/** The folder in Grafana, if the sidecar has `folderAnnotation: grafana_folder`. */
const FOLDER = { grafana_folder: "Signalbox" };

/** Every resource, by its file below `manifests/`. */
export const MONITORING: ReadonlyMap<string, object> = new Map([
  ...(await Promise.all(
    [...DASHBOARDS].map(async ([name, dashboard]): Promise<[string, object]> => {
      const metadata = {
        name: `signalbox-dashboard-${name}`,
        labels: { ...LABELS, grafana_dashboard: "1" },
        annotations: FOLDER,
      };
      // The sidecar of Grafana puts the files of all ConfigMaps into one folder.
      const data = { [`signalbox-dashboard-${name}.json`]: await dashboardText(dashboard) };
      return [`monitoring/dashboard-${name}.yaml`, { apiVersion: "v1", kind: "ConfigMap", metadata, data }];
    }),
  )),
  [
    "monitoring/prometheusrule.yaml",
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: "signalbox", labels: LABELS },
      spec: { groups: GROUPS },
    },
  ],
]);
