import { count } from "../../cli/output/count.ts";
import { until } from "../../envoy/deadline.ts";
import { counted, type Scene } from "./scene.ts";
import { askForPage, tellRatings } from "./traffic.ts";

/** How often ratings fails until its circuit opens, as the plugin says. */
const FAILURES = 3;
const REFUSED = 5;

/** ratings fails, its circuit opens at reviews, and closes by itself once ratings is well. */
export async function circuitOpens(scene: Scene): Promise<void> {
  const { say } = scene;
  say("\n4. ratings is told to answer 503.");
  await tellRatings(scene, 503);
  for (let asked = 0; asked < FAILURES; asked++) await askForPage(scene);
  const answers = [];
  for (let asked = 0; asked < REFUSED; asked++) answers.push((await askForPage(scene)).reviews.ratings);
  const refused = answers.filter((ratings) => ratings?.["x-circuit-open"] === "ratings").length;
  const opened = await counted(scene, "reviews", "circuit_breaking.opened");
  say(
    `   After ${FAILURES} errors the proxy of reviews opened the circuit (${count(opened, "time")}), and refused ${refused} of the next`,
  );
  say(`   ${REFUSED} calls at once: ratings was not asked. The page is answered meanwhile, without ratings.`);

  await tellRatings(scene, 200);
  await until(
    "the circuit of ratings to close",
    async () => (await askForPage(scene)).reviews.ratings?.unavailable === undefined,
  );
  say("   ratings is well again. After 3 s one call was let in as a probe, and closed the circuit.");
}
