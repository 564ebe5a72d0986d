import { oneOf, text } from "./types.ts";

/** The fields that several filters have, and that stand at the top of `signalbox`'s configuration. */
export const direction = (description = "which way the requests go; if not given, each stream's listener is asked") =>
  oneOf(description, ["INBOUND", "OUTBOUND"]);

export const trustDomain = (description: string) =>
  text(description, ["cluster.local", "example.org"], { maxLength: 255, default: "cluster.local" });

export const rootNamespace = (description: string) => text(description, ["istio-system"], { default: "istio-system" });

export const repeatedHeaders = (description: string) => oneOf(description, ["EACH", "JOINED"], "EACH");
