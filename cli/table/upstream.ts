import { valuesOf } from "../decision/headers.ts";
import { milliseconds } from "../decision/duration.ts";
import { ANSWERS, FLAGS, FLAGS_AFTER_HEADERS, type Flag, type Upstream } from "../decision/upstream.ts";
import { GRPC_STATUSES } from "../grpc-statuses.ts";
import { isObject } from "../input/resource.ts";
import { anyOf } from "../schema/problem.ts";
import { isHeaders } from "./expected.ts";
import type { Form, Place } from "./place.ts";

const isBetween = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const STATUS: Form = ["a status from 200 to 599", (value) => isBetween(value, 200, 599)];

const FORMS: Readonly<Record<string, Form>> = {
  status: STATUS,
  headers: ["names with strings, or lists of strings", isHeaders],
  grpcStatus: [
    "the name of a gRPC status, or its number",
    (value) => isBetween(value, 0, GRPC_STATUSES.length - 1) || GRPC_STATUSES.includes(value as string),
  ],
  takes: ["a duration such as 5s or 250ms", (value) => typeof value === "string" && milliseconds(value) !== undefined],
  flag: [anyOf(FLAGS), (value) => FLAGS.includes(value as Flag)],
};

/**
 * Reads what becomes of a request that goes on: a status, or an object.
 *
 * @throws Failure if it is neither, or says what cannot be
 */
export function upstreamOf(place: Place): Upstream {
  const { value } = place;
  if (value === undefined) return ANSWERS;
  if (!isObject(value)) {
    place.check(["a status, or an object with " + Object.keys(FORMS).join(", "), STATUS[1]]);
    return { ...ANSWERS, status: value as number };
  }
  const { status, headers = {}, grpcStatus, takes, flag } = place.formed(FORMS) as Given;
  refuseContradictions(place, { status, headers, grpcStatus, flag });
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((one) => [name.toLowerCase(), one] as const),
  );
  return {
    status: status ?? ANSWERS.status,
    headers: valuesOf(pairs),
    ...(grpcStatus !== undefined && { grpcStatus: numberOf(grpcStatus) }),
    takes: milliseconds(takes ?? "0") ?? 0,
    ...(flag !== undefined && { flag }),
    breaksOff: flag !== undefined && status !== undefined,
  };
}

interface Given {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  readonly grpcStatus?: number | string | undefined;
  readonly takes?: string | undefined;
  readonly flag?: Flag | undefined;
}

/** @throws Failure if there are two stories of how it ends */
function refuseContradictions(place: Place, { status, headers = {}, grpcStatus, flag }: Given): void {
  const pseudo = Object.keys(headers).find((name) => name.startsWith(":"));
  if (pseudo !== undefined) place.at("headers").fail(`${pseudo} is no header: write status`, pseudo);
  if (flag === undefined) return;
  if (grpcStatus !== undefined) place.fail(`with ${flag} no trailers come: leave grpcStatus out`, "grpcStatus");
  if (status !== undefined && !FLAGS_AFTER_HEADERS.includes(flag)) {
    place.fail(`with ${flag} there is no answer of the upstream: leave status out`, "status");
  }
  if (status === undefined && Object.keys(headers).length > 0) {
    place.fail(`with ${flag} and without a status there is no answer of the upstream: leave headers out`, "headers");
  }
}

function numberOf(status: number | string): number {
  return typeof status === "number" ? status : GRPC_STATUSES.indexOf(status);
}
