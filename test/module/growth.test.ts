import { testGrowth } from "./growth/proportion.ts";
import { DIMENSIONS } from "./growth/run.ts";

const filters = new Set(DIMENSIONS.map(({ filter }) => filter));
filters.delete("authz"); // growth/authz.test.ts
testGrowth(filters);
