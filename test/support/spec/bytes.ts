import "./managed-heap";
import { Region } from "../../../assembly/memory/region";
import { Text } from "../../../assembly/text/text";

let kept: Region | null = null;

/** A region that lives as long as the specification. */
export function specRegion(): Region {
  let region = kept;
  if (region == null) {
    region = Region.open();
    kept = region;
  }
  return region;
}

/** The UTF-8 bytes of a string, kept as long as the specification. */
export function text(value: string): Text {
  return Text.from(specRegion(), value);
}

/** Bytes written in hexadecimal: for those that are no UTF-8. */
export function hex(digits: string): Text {
  const length = digits.length / 2;
  const at = specRegion().take(sizeof<u32>() + length);
  store<u32>(at, length);
  for (let i = 0; i < length; i++) store<u8>(at + sizeof<u32>() + i, I32.parseInt(digits.substr(i * 2, 2), 16));
  return changetype<Text>(at);
}

/** A text as a string, or "(null)". */
export function shown(value: Text | null): string {
  return value == null ? "(null)" : value.toString();
}
