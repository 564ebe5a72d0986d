import { useFacts as useFactsOfPolicies } from "../../../filters/authz/facts";
import { useHttpMatchFacts } from "../../../assembly/match/http-match-facts";

/** Says how each fact is read, as the filters do for those that they know. */
export function useEveryFact(): void {
  useFactsOfPolicies();
  useHttpMatchFacts();
}
