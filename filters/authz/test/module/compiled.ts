import { Compiled } from "../../../../test/support/module/compiled.ts";

export const AUTHZ = new Compiled("authz");
