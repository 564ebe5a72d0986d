import { arrow, arrowheads, bar, dot, svg, text } from "../svg.ts";

/** Where the diagram of a circuit's states is, in the project. */
export const CIRCUIT_STATES = "filters/circuit-breaking/states.svg";

const WIDTH = 800;
const HEIGHT = 300;
const BOX = { width: 200, height: 70 };

/** A state of a circuit: what becomes of requests in it, and where its box is. */
interface State {
  name: string;
  meanwhile: string;
  x: number;
  y: number;
}

const STATES: readonly State[] = [
  { name: "closed", meanwhile: "requests pass, and are counted", x: 40, y: 40 },
  { name: "open", meanwhile: "requests are refused", x: 560, y: 40 },
  { name: "half-open", meanwhile: "only probes pass", x: 300, y: 210 },
];

/** A change of state: what it takes, in lines beginning at a place, and the points of its arrow. */
export interface Transition {
  from: string;
  to: string;
  when: readonly string[];
  label: readonly [x: number, y: number, anchor: "start" | "middle"];
  points: readonly (readonly [x: number, y: number])[];
  /** Whether only some configurations have it. */
  seldom?: boolean;
}

export const TRANSITIONS: readonly Transition[] = [
  {
    from: "closed",
    to: "open",
    when: ["too many errors in a row, or a rate is reached"],
    label: [400, 52, "middle"],
    points: [
      [240, 60],
      [560, 60],
    ],
  },
  {
    from: "open",
    to: "closed",
    when: ["its time is over, if no probes are permitted"],
    label: [400, 106, "middle"],
    points: [
      [560, 90],
      [240, 90],
    ],
    seldom: true,
  },
  {
    from: "open",
    to: "half-open",
    when: ["its time is over, and", "a request comes:", "the first probe"],
    label: [670, 190, "start"],
    points: [
      [660, 110],
      [660, 245],
      [500, 245],
    ],
  },
  {
    from: "half-open",
    to: "open",
    when: ["a probe failed,", "or has no answer"],
    label: [450, 178, "start"],
    points: [
      [440, 210],
      [440, 160],
      [600, 160],
      [600, 110],
    ],
  },
  {
    from: "half-open",
    to: "closed",
    when: ["all permitted", "probes succeeded"],
    label: [150, 190, "start"],
    points: [
      [300, 245],
      [140, 245],
      [140, 110],
    ],
  },
];

const STYLE = `
rect { fill: #ddf4ff; stroke: #0969da !important; stroke-width: 1.5 }
.arrow { stroke: #57606a; stroke-width: 1.5 }
.seldom { stroke-dasharray: 5 4 }
.head, circle { fill: #57606a }
@media (prefers-color-scheme: dark) {
  rect { fill: #121d2f; stroke: #4493f8 !important }
  .arrow { stroke: #8d96a0 } .head, circle { fill: #8d96a0 }
}`;

/** The states of a circuit of circuit-breaking and how they follow one another, as an SVG document. */
export function circuitStates(): string {
  const content = [
    arrowheads(),
    dot(14, 75, "begin"),
    arrow([
      [14, 75],
      [40, 75],
    ]),
    ...STATES.flatMap(drawState),
    ...TRANSITIONS.flatMap(drawTransition),
  ];
  return svg(WIDTH, HEIGHT, "The states of a circuit: closed, open, half-open", content, STYLE);
}

function drawState({ name, meanwhile, x, y }: State): string[] {
  const middle = x + BOX.width / 2;
  return [
    bar(x, y, BOX.width, BOX.height, "state"),
    text(middle, y + 31, name, "title", "middle"),
    text(middle, y + 50, meanwhile, "quiet", "middle"),
  ];
}

function drawTransition({ when, label: [x, y, anchor], points, seldom }: Transition): string[] {
  const lines = when.map((line, at) => text(x, y + at * 16, line, "", anchor));
  return [arrow(points, seldom ? "seldom" : ""), ...lines];
}
