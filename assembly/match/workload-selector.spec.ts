import { text } from "../../test/support/spec/bytes";
import { configuration, errors } from "../../test/support/spec/configuration";
import { failProperty, forgetProperties, propertyReads, setProperty } from "../../test/support/spec/host";
import { Status } from "../host/status";
import { selectsWorkload } from "./workload-selector";

export { proxy_get_property } from "../../test/support/spec/host";

const LABEL = "xds/node/metadata/LABELS/";

/** A proxy of a workload with the labels app=httpbin, version=v1, and one that is empty. */
function begin(): void {
  forgetProperties();
  setProperty(LABEL + "app", text("httpbin"));
  setProperty(LABEL + "version", text("v1"));
  setProperty(LABEL + "empty", text(""));
}

/** Whether a selector is this workload's: `yes` or `no`; else what is reported. */
function selected(selector: string): string {
  const root = configuration('{"selector": ' + selector + "}");
  const selects = selectsWorkload(root.field(text("selector")));
  const reported = errors(root);
  return reported != "" ? reported : selects ? "yes" : "no";
}

function labels(written: string): string {
  return selected('{"matchLabels": {' + written + "}}");
}

describe("a workload selector", () => {
  it("selects by all of its labels, names and values whole", () => {
    begin();
    expect(labels('"app": "httpbin"')).toBe("yes");
    expect(labels('"app": "httpbin", "version": "v1"')).toBe("yes");
    expect(labels('"app": "httpbin", "version": "v2"')).toBe("no");
    expect(labels('"app": "http"')).toBe("no");
    expect(labels('"tier": "x"')).toBe("no");
  });

  it("tells a value that is empty from a label that the workload does not have", () => {
    begin();
    expect(labels('"empty": ""')).toBe("yes");
    expect(labels('"empty": "x"')).toBe("no");
    expect(labels('"tier": ""')).toBe("no");
  });

  it("selects every workload if it is not there, or has no labels", () => {
    begin();
    expect(selected("{}")).toBe("yes");
    expect(selected("null")).toBe("yes");
    expect(labels("")).toBe("yes");
  });

  it("is refused where the host does not tell a label, but not where the workload has none of the name", () => {
    begin();
    failProperty(LABEL + "app", Status.INTERNAL_FAILURE);
    expect(labels('"app": "httpbin"')).toBe(
      "selector.matchLabels.app: this proxy's labels are unknown (node metadata LABELS), so it is unknown whether the selector matches them",
    );
    failProperty(LABEL + "app", Status.NOT_FOUND);
    expect(labels('"app": "httpbin"')).toBe("no");
  });

  it("asks the host for no label after the first that differs", () => {
    begin();
    expect(labels('"app": "httpbin", "version": "v2", "tier": "x", "zone": "y"')).toBe("no");
    expect(propertyReads).toBe(2);
  });

  it("has no * and no nameless label, as in Istio's validation, also after a label that differs", () => {
    begin();
    expect(labels('"a*": "x"')).toBe('selector.matchLabels["a*"]: a selector must not contain *');
    expect(labels('"a": "*"')).toBe("selector.matchLabels.a: a selector must not contain *");
    expect(labels('"": "x"')).toBe('selector.matchLabels[""]: a label\'s name must not be empty');
    expect(labels('"app": "x", "version": "v*"')).toBe("selector.matchLabels.version: a selector must not contain *");
    expect(labels('"app": "x", "": "y"')).toBe('selector.matchLabels[""]: a label\'s name must not be empty');
  });

  it("has strings as its labels' values, and no other field", () => {
    begin();
    expect(labels('"a": 1')).toBe("selector.matchLabels.a: expected a string, got 1");
    expect(labels('"a": null')).toBe("selector.matchLabels.a: expected a string, got null");
    expect(selected('{"matchExpressions": []}')).toBe('selector: unknown field "matchExpressions"');
  });
});
