import { Compiled } from "../../../test/module/compiled.ts";

export const AUTHZ = new Compiled("authz");
