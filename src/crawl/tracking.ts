/** Parameters that say where a reader came from, and nothing of what is shown: by the names their makers document. */
const NAMES = new Set([
  // Google
  ..."gclid gclsrc dclid gbraid wbraid srsltid _ga _gl".split(" "),
  // Facebook, Instagram, Microsoft, Yandex, X, TikTok, LinkedIn, Pinterest, Reddit, Snapchat, Quora
  ..."fbclid igshid igsh msclkid yclid ysclid twclid ttclid li_fat_id epik rdt_cid sccid qclid".split(" "),
  // Mailchimp, HubSpot, Marketo, Vero, Oracle Eloqua, Adobe, Matomo, Olytics, Drip, Klaviyo
  ..."mc_cid mc_eid _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id vero_conv elqtrackid".split(
    " ",
  ),
  ..."s_kwcid ef_id oly_anon_id oly_enc_id __s _ke".split(" "),
]);

const PREFIXES = ["utm_", "mtm_", "pk_", "matomo_", "hsa_"] as const;

/** Whether a parameter, by its name as it stands in a query, only tracks. Either case. */
export function isTracking(name: string): boolean {
  const plain = decode(name).toLowerCase();
  return NAMES.has(plain) || PREFIXES.some((prefix) => plain.startsWith(prefix));
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // No UTF-8, so none of ours.
  }
}
