/** The bindings of wrangler.toml. */
declare namespace Cloudflare {
  interface Env {
    FANOUT_LANES: DurableObjectNamespace;
  }
}
