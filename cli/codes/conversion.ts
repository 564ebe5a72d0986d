import type { Kind } from "./kind.ts";

/** What `signalbox convert` says of resources that it leaves as they are, and of what becomes of the others. */
export const OF_CONVERT: readonly Kind[] = [
  { code: "SBX801", title: "a resource is not converted", messages: [/^not converted: /] },
  { code: "SBX802", title: "what is made is not valid", messages: [/^the \w+ \S* that is made of it is not valid: /] },
  { code: "SBX803", title: "labels or annotations are lost", messages: [/ differ in these labels or annotations, /] },
  {
    code: "SBX804",
    title: "some requests are decided in another way",
    messages: [
      /^\w+ stays in the VirtualService: /,
      /^not in force for /,
      /^for a Service of the namespace /,
      /^this host also stands for short names of Services, /,
    ],
  },
];
