import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

/** Debian's Chromium, or the one that CHROMIUM names. */
const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why a test with a browser cannot run; false if it can. */
export const noBrowser: string | false = existsSync(PROGRAM)
  ? false
  : `there is no ${PROGRAM}: apt-get install chromium, or set CHROMIUM`;

/** Starts the browser without a window and with all that calls home turned off. Root has no sandbox, so it goes without. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PROGRAM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
