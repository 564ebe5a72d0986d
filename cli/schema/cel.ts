import { CelScalar, celEnv, celFunc, celMethod, parse, plan } from "@bufbuild/cel";

/**
 * What the rules of the definitions use of Kubernetes' own CEL library
 * (https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library); a URL is here its own text.
 */
const KUBERNETES = celEnv({
  funcs: [
    celFunc("isURL", [CelScalar.STRING], CelScalar.BOOL, (text) => URL.canParse(text)),
    celFunc("url", [CelScalar.STRING], CelScalar.STRING, (text) => text),
    celMethod("getScheme", CelScalar.STRING, [], CelScalar.STRING, function () {
      return URL.canParse(this) ? new URL(this).protocol.replace(/:$/, "") : "";
    }),
  ],
});

/** One of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
}

/**
 * Gives whether a value, which the rule knows as `self`, keeps it. The rule is compiled when it is first asked, as most are
 * about fields that a resource does not have. One that cannot be evaluated here (a function that only Kubernetes has) holds: the
 * API server has the last word.
 */
export function compileRule({ rule }: Rule): (self: unknown) => boolean {
  let run: ReturnType<typeof plan> | undefined;
  return (self) => {
    try {
      run ??= plan(KUBERNETES, parse(rule));
    } catch {
      run = () => true;
    }
    return run({ self: self as never }) !== false;
  };
}
