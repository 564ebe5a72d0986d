import { useFacts as useFactsOfPolicies } from "../../../filters/authz/facts";
import { useFacts as useFactsOfMatches } from "../../../filters/header-routing/facts";

/** Says how each fact is read, as the filters do for those that they know. */
export function useEveryFact(): void {
  useFactsOfPolicies();
  useFactsOfMatches();
}
