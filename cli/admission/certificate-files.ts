import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { Failure } from "../failure.ts";
import { unreadable } from "../input/files.ts";

/** The files of a certificate and its key, both PEM. */
export interface CertificateFiles {
  /** The server's certificate, and behind it those between it and the CA. */
  readonly certificate: string;
  readonly key: string;
}

/** What the files hold. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly expiry: Date;
}

/**
 * Reads the files.
 *
 * @throws Failure if one cannot be read, or they do not belong together
 */
export function readCertificate({ certificate, key }: CertificateFiles): Certificate {
  const pair = { cert: textOf(certificate), key: textOf(key) };
  try {
    createSecureContext(pair);
    return { ...pair, expiry: new Date(new X509Certificate(pair.cert).validTo) };
  } catch (error) {
    throw new Failure(`${certificate} and ${key} are not a certificate and its key: ${(error as Error).message}`);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** What watches the files. */
export interface Watch {
  /** Looks now, and not only when it is time. */
  look(): void;
  stop(): void;
}

/**
 * Looks at the files every `interval` milliseconds, as Kubernetes replaces those of a mounted Secret by other links, which the file
 * system tells nobody of.
 *
 * @param used what they held before
 * @param changed hears of another certificate; or once why the files, which are different now, cannot be used
 */
export function watchCertificate(
  files: CertificateFiles,
  used: Certificate,
  interval: number,
  changed: (now: Certificate | Failure) => void,
): Watch {
  let before = used;
  let told = "";
  const look = (): void => {
    try {
      const now = readCertificate(files);
      told = "";
      if (now.cert === before.cert && now.key === before.key) return;
      before = now;
      changed(now);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.message === told) return;
      told = error.message;
      changed(error);
    }
  };
  const timer = setInterval(look, interval);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}
