/** What the server and a thread that reviews say to each other. */

/** What a thread is started with. */
export interface ReviewerData {
  /** See `judge`. */
  readonly images: readonly string[];
}

/** The body of one request, as it came. */
export interface Task {
  readonly body: Uint8Array;
}

/** Whose request it is: what the server needs to answer for a thread that does not, and to log. */
export interface About {
  readonly uid: string;
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
}

/** What a thread says: once `ready`; then for each task `begun` unless it is malformed, and one of the others. */
export type Report =
  | { readonly type: "ready" }
  | { readonly type: "begun"; readonly about: About }
  | { readonly type: "reviewed"; readonly body: string; readonly allowed: boolean; readonly message: string }
  | { readonly type: "malformed"; readonly message: string }
  | { readonly type: "failed"; readonly message: string };
