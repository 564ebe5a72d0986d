/** An address in bits, `family:bits`; undefined for what is no address. */
function bitsOf(text: string): string | undefined {
  if (/^[\d.]+$/.test(text))
    return text
      .split(".")
      .map((part) => binary(Number(part), 8))
      .join("");
  if (!/^[\da-f:.]+$/i.test(text)) return undefined;
  const dotted = /[\d.]+\.[\d.]+$/.exec(text)?.[0];
  const hex = dotted === undefined ? text : text.slice(0, -dotted.length) + groupsOf(bitsOf(dotted)!);
  const [before = "", behind] = hex.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const missing = behind === undefined ? 0 : 8 - groups(before).length - groups(behind).length;
  const all = [...groups(before), ...Array<string>(missing).fill("0"), ...groups(behind ?? "")];
  return all.map((group) => binary(parseInt(group, 16), 16)).join("");
}

function groupsOf(bits: string): string {
  return [bits.slice(0, 16), bits.slice(16)].map((group) => parseInt(group, 2).toString(16)).join(":");
}

function binary(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}

/** Whether a block, or a block of one address, holds the address of an endpoint; of the same family alone. */
export function blockHolds(block: string, endpoint: string): boolean {
  const [first = "", length] = block.split("/");
  const wanted = bitsOf(first)!;
  const bits = bitsOf(/^\[(.*)\]:\d+$/.exec(endpoint)?.[1] ?? /^([\d.]+):\d+$/.exec(endpoint)?.[1] ?? endpoint);
  if (bits?.length !== wanted.length) return false;
  const prefix = Number(length ?? wanted.length);
  return bits.slice(0, prefix) === wanted.slice(0, prefix);
}
