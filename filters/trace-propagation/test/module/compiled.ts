import { Compiled } from "../../../../test/support/module/compiled.ts";

export const TRACE_PROPAGATION = new Compiled("trace-propagation");
