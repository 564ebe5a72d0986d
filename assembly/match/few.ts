/**
 * Up to so many rules, conditions or values are tried one by one: that is cheaper than leading to them or asking first what they have in
 * common.
 */
export const FEW: u32 = 8;
