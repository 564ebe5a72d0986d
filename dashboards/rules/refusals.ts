const REJECTS = 'pilot_total_xds_rejects{type=~"ecds|.*TypedExtensionConfig"}';

/**
 * Configurations of extensions that proxies refused in the last hour, as istiod counts them (Istio, "Wasm module distribution"). A filter
 * is delivered by ECDS, and what it refuses is rejected (NACK) by its proxy.
 *
 * istiod has the series only from the first refusal on, in which `increase` sees no rise: so in its first hour the value itself is taken.
 */
export const CONFIGURATION_REFUSALS = `sum by (type) ((${REJECTS} unless ${REJECTS} offset 1h) or increase(${REJECTS}[1h]))`;
