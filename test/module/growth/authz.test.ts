/** Apart from those of the other filters, as it takes as long as all of them: two cores share them. */
import { testGrowth } from "./proportion.ts";

testGrowth(["authz"]);
