/** The worker of the page: it answers one question after the other. The page ends it if an answer takes too long. */
import type { Answer, Question } from "../protocol.ts";
import { answer } from "./ask.ts";

/** What a worker has by the HTML standard (10.2.1.2, DedicatedWorkerGlobalScope), as far as it is used here. */
declare function postMessage(message: Answer): void;
declare function addEventListener(type: "message", listener: (event: { readonly data: Question }) => void): void;

addEventListener("message", ({ data }) => postMessage(answer(data)));
