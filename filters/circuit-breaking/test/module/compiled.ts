import { Compiled } from "../../../../test/support/module/compiled.ts";

export const CIRCUIT_BREAKING = new Compiled("circuit-breaking");
