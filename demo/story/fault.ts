import { analysed } from "../../cli/trace/report/analysis.ts";
import { faultLine } from "../../cli/trace/report/words.ts";
import { SPANS_OF_A_REQUEST } from "../bookinfo.ts";
import type { Scene } from "./scene.ts";
import { askForPage, spansSince } from "./traffic.ts";

/** Jason meets a fault, and others do not. */
export async function faultIsInjected(scene: Scene): Promise<void> {
  const { say } = scene;
  const began = Date.now();
  const { ratings } = (await askForPage(scene, "jason")).reviews;
  const fault = String(ratings?.["x-fault-injected"] ?? "none");
  say(
    `\n5. For Jason, ratings answers ${ratings?.unavailable ?? 200} (x-fault-injected: ${fault}); ratings was not asked.`,
  );
  const others = (await askForPage(scene)).reviews;
  say(`   For others it answers ${others.ratings?.unavailable ?? 200}. The report of both says:\n`);
  // ratings has no span of Jason's request.
  const spans = await spansSince(scene, began, 2 * SPANS_OF_A_REQUEST - 1);
  const lines = analysed(spans).flatMap(({ faults }) => faults.map(faultLine));
  say(lines.map((line) => `     ${line}`).join("\n"));
}
