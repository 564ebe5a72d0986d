/**
 * What Kubernetes takes for names and labels
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/).
 */

/** How long a name may be, in characters. */
export const LONGEST_NAME = 253;
/** How long a namespace, a label's value and the last part of a label's name may be, in characters. */
const LONGEST_LABEL = 63;

const LABEL_OF_DNS = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const NAMESPACE = new RegExp(`^${LABEL_OF_DNS}$`);
const NAME = new RegExp(`^${LABEL_OF_DNS}(\\.${LABEL_OF_DNS})*$`);
const WORD = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** What a name is, for a message. */
export const A_NAME = `small letters, digits, - and ., ${LONGEST_NAME} at most`;
export const A_NAMESPACE = `small letters, digits and -, ${LONGEST_LABEL} at most`;
export const A_LABEL_VALUE = `letters, digits, -, _ and ., ${LONGEST_LABEL} at most`;
export const A_LABEL_NAME = `${A_LABEL_VALUE}, perhaps after a DNS name and /`;

/** Whether a resource can have this name (RFC 1123's subdomain). */
export function isName(text: string): boolean {
  return NAME.test(text) && text.length <= LONGEST_NAME;
}

/** Whether a namespace can have this name (RFC 1123's label). */
export function isNamespace(text: string): boolean {
  return NAMESPACE.test(text) && text.length <= LONGEST_LABEL;
}

/** Whether this can be the name of a label or of an annotation: a word, perhaps after a DNS name and `/`. */
export function isLabelName(text: string): boolean {
  const slash = text.indexOf("/");
  const word = text.slice(slash + 1);
  return (slash < 0 || isName(text.slice(0, slash))) && WORD.test(word) && word.length <= LONGEST_LABEL;
}

/** Whether a label can have this value, which may be empty. */
export function isLabelValue(text: string): boolean {
  return text === "" || (WORD.test(text) && text.length <= LONGEST_LABEL);
}
