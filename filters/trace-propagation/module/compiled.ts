import { Compiled } from "../../../test/module/compiled.ts";

export const TRACE_PROPAGATION = new Compiled("trace-propagation");
