import { Compiled } from "../../../../test/support/module/compiled.ts";

export const FAULT_INJECTION = new Compiled("fault-injection");
