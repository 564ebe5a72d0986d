import { Compiled } from "../../../test/module/compiled.ts";

export const FAULT_INJECTION = new Compiled("fault-injection");
