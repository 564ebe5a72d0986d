import type { ByteString } from "./bytes.ts";

/** The life spans of filter state, as `declare_property.proto` numbers them. */
export const LIFE_SPANS = ["FilterChain", "Request", "Connection"] as const;
export type LifeSpan = (typeof LIFE_SPANS)[number];

/** What `declare_property` says of a property to be set. */
export interface PropertyPrototype {
  readonly readOnly: boolean;
  readonly lifeSpan: LifeSpan;
}

/** A value in a stream's filter state. */
export interface FilterStateValue {
  readonly value: ByteString;
  readonly lifeSpan: LifeSpan;
}
