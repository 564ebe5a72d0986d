/** The command's check of CEL against a real Envoy: generated expressions, right ones and ones with one fault each. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { checkCel } from "../../../cli/filter/cel/check.ts";
import { shown } from "../../../cli/filter/cel/finding.ts";
import { envoyIsBefore } from "../../../tools/envoy-binary.ts";
import { Random, seedOfRun } from "../random.ts";
import { askEnvoy, type Answer } from "./answers.ts";
import { everyFault, generateFaulty } from "./faults.ts";
import { everything, generate, spoiled } from "./generate.ts";
import { SOMETIMES } from "./vocabulary.ts";

const COUNT = Number(process.env["EXPRESSIONS"] || 600);
const SHOWN = 20;

/** Names between back quotes are new in 1.40, of which the command warns. */
const taken = envoyIsBefore(40) ? (expression: string) => !expression.includes("`") : () => true;

const seed = seedOfRun();
const random = new Random(seed);
const right = [
  ...everything(random),
  ...SOMETIMES,
  ...random.times(COUNT, COUNT, () => generate(random, "bool", 3)),
].filter(taken);
const faulty = [...everyFault(random), ...random.times(COUNT, COUNT, () => generateFaulty(random))].filter(
  ({ expression }) => taken(expression),
);
const spoilt = random.times(COUNT, COUNT, () => spoiled(random)).filter(taken);
/** What the module has set, under its own name, which the command takes for a mistake, and as the command says to write it. */
const SET = ["set == b'yes'", "filter_state[\"wasm.set\"] == b'yes'"] as const;
const answers = new Map<string, Answer>();

before(async () => {
  console.log(`SEED=${seed} EXPRESSIONS=${COUNT}`);
  const all = [...new Set([...right, ...faulty.map(({ expression }) => expression), ...spoilt, ...SET])];
  (await askEnvoy(all)).forEach((answer, at) => answers.set(all[at] as string, answer));
});

/** What the command says of an expression. */
function checked(expression: string): { refused: boolean; errors: string[] } {
  const errors = checkCel(expression).filter(({ kind }) => kind !== "warning");
  return {
    refused: errors.some(({ kind }) => kind === "refused"),
    errors: errors.map((finding) => shown(expression, finding)),
  };
}

function report(disagreements: readonly string[]): void {
  assert.equal(disagreements.length, 0, `SEED=${seed}\n${disagreements.slice(0, SHOWN).join("\n")}`);
}

test("no right expression is an error, and Envoy compiles every one", () => {
  report(
    right.flatMap((expression) => {
      const { errors } = checked(expression);
      const envoy = answers.get(expression);
      return errors.length === 0 && envoy !== "refused" && envoy !== "no boolean"
        ? []
        : [`${expression}: Envoy ${envoy}, the command ${errors.join("; ") || "nothing"}`];
    }),
  );
  const evaluated = right.filter((expression) => ["true", "false"].includes(answers.get(expression) ?? ""));
  console.log(`${evaluated.length} of ${right.length} come to true or false`);
  assert.ok(evaluated.length > right.length / 2, "most can be evaluated, so that little hides behind failures");
});

test("every fault is an error, and Envoy refuses it or cannot evaluate it", () => {
  report(
    faulty.flatMap(({ expression, fault, expected }) => {
      const { errors, refused } = checked(expression);
      const envoy = answers.get(expression) as Answer;
      const agreed = (expected as readonly string[]).includes(envoy) && errors.length > 0;
      return agreed && refused === (envoy === "refused")
        ? []
        : [`${fault}: ${expression}: Envoy ${envoy}, the command ${errors.join("; ") || "nothing"}`];
    }),
  );
});

test("what Envoy does not compile is an error, and nothing that it does compile is told to be that", () => {
  report(
    [...right, ...spoilt].flatMap((expression) => {
      const envoy = answers.get(expression);
      const { refused, errors } = checked(expression);
      return refused === (envoy === "refused")
        ? []
        : [`${JSON.stringify(expression)}: Envoy ${envoy}, the command ${errors.join("; ") || "nothing"}`];
    }),
  );
  const refused = spoilt.filter((expression) => answers.get(expression) === "refused");
  console.log(`${refused.length} of ${spoilt.length} that were spoiled are refused`);
});

test("what another Wasm filter has set can be written as the command says", () => {
  assert.deepEqual(
    SET.map((expression) => [answers.get(expression), checked(expression).errors.length]),
    [
      ["true", 1],
      ["true", 0],
    ],
  );
  assert.match(checked(SET[0]).errors[0] ?? "", /filter_state\["wasm\.set"\]/);
});
