/** Healthy meshes have no fault, and each fault is found at whom it is, whatever else there is. `SEED=` makes others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../test/oracle/random.ts";
import { KEPT, LOST, NONE, ONE_PERCENT, SKEWED, type Disturbance } from "../test/mesh/disturbances.ts";
import { FAULTS, type Fault } from "../test/mesh/faults.ts";
import type { Mesh, Service } from "../test/mesh/mesh.ts";
import { randomMesh } from "../test/mesh/random-mesh.ts";
import { simulate } from "../test/mesh/simulate.ts";
import { spansOf } from "../test/mesh/spans.ts";
import { diagnose } from "./doctor.ts";
import { isFault, type Finding } from "./finding.ts";

const SEED = Number(process.env["SEED"] ?? 1);
const MESHES = Number(process.env["MESHES"] ?? 100);
const REQUESTS = 40;

test(`no fault in ${MESHES} healthy meshes, seed ${SEED}`, () => {
  const disturbances = [NONE, LOST, NONE, SKEWED, NONE, KEPT, NONE, ONE_PERCENT];
  for (let round = 0; round < MESHES; round++) {
    const random = new Random(SEED + round);
    const mesh = randomMesh(random);
    const disturbance = disturbances[round % disturbances.length] as Disturbance;
    const isRight = disturbance.put(mesh, random);
    const made = simulate(mesh, REQUESTS * disturbance.times, SEED + round);
    const wrong = diagnose(spansOf(made)).filter((finding) => isFault(finding) && !isRight(finding));
    assert.deepEqual(wrong.map(told), [], `seed ${SEED}, round ${round}: ${disturbance.name}, ${mesh.tracer}`);
  }
});

test(`each fault is found in ${MESHES} meshes, and no other, seed ${SEED}`, () => {
  for (let round = 0; round < MESHES; round++) {
    const random = new Random(SEED + round);
    const fault = FAULTS[round % FAULTS.length] as Fault;
    const { mesh, service } = meshFor(fault, random);
    const among = [NONE, ...(fault.isSeenAlways === true ? [LOST, SKEWED] : [])];
    const disturbance = among[Math.floor(round / FAULTS.length) % among.length] as Disturbance;
    const isRight = disturbance.put(mesh, random);
    const name = fault.put(service, mesh, random);
    const requests = REQUESTS * (fault.times ?? 1);
    const findings = diagnose(spansOf(simulate(mesh, requests, SEED + round)));
    const about = `seed ${SEED}, round ${round}: ${fault.id}, ${fault.way}, at ${name}; ${disturbance.name}, ${mesh.tracer}`;
    const isIt = ({ id, service }: Finding): boolean => id === fault.id && service === name;
    assert.ok(findings.some(isIt), `${about}\n${findings.map(told).join("\n")}`);
    const others = findings.filter((one) => isFault(one) && !isIt(one) && !isRight(one));
    const wrong = others.filter(
      ({ id, confidence }) => !(fault.also?.includes(id) ?? false) || confidence === "certain",
    );
    assert.deepEqual(wrong.map(told), [], about);
  }
});

test(`faults that keep x-request-id or the trace are found at 1 %, seed ${SEED}`, () => {
  for (const [at, fault] of FAULTS.filter(({ isSeenAtOnePercent }) => isSeenAtOnePercent === true).entries()) {
    const random = new Random(SEED + at);
    const { mesh, service } = meshFor(fault, random);
    ONE_PERCENT.put(mesh, random);
    const name = fault.put(service, mesh, random);
    const findings = diagnose(spansOf(simulate(mesh, 2000, SEED + at)));
    const isFound = findings.some(({ id, service }) => id === fault.id && service === name);
    assert.ok(isFound, `seed ${SEED}: ${fault.id}, ${fault.way}, at ${name}\n${findings.map(told).join("\n")}`);
  }
});

/** A random mesh with a service that can have the fault and is reached by many requests. */
function meshFor(fault: Fault, random: Random): { mesh: Mesh; service: Service } {
  for (;;) {
    const mesh = randomMesh(random);
    const fitting = [...mesh.services.values()].filter((service) => fault.fits(service, mesh));
    if (fitting.length > 0) return { mesh, service: random.pick(fitting) };
  }
}

function told({ id, service, confidence, count, of }: Finding): string {
  return `${id} ${service} ${confidence} ${count}/${of}`;
}
