/** What a registry asks for where it answers 401 (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case. */
  scheme: string;
  /** The parameters' names in lower case. */
  parameters: Record<string, string>;
}

/** The first challenge in a `WWW-Authenticate` header of scheme Bearer, or else of scheme Basic; none where there is neither. */
export function readChallenge(header: string | null): Challenge | undefined {
  const challenges = readChallenges(header ?? "");
  return ["bearer", "basic"].map((wanted) => challenges.find(({ scheme }) => scheme === wanted)).find(Boolean);
}

function readChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  for (const match of header.matchAll(/([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g)) {
    const [, name = "", quoted, plain] = match;
    const value = quoted?.replace(/\\(.)/g, "$1") ?? plain;
    const last = challenges.at(-1);
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    else if (last !== undefined) last.parameters[name.toLowerCase()] = value;
  }
  return challenges;
}
