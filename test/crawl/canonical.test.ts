import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalKey } from "../../src/crawl/canonical.ts";

const keyOf = (text: string) => canonicalKey(new URL(text));

/** What a path and a query are made of, in the spellings that a key has to bring together. */
const piece = fc.constantFrom(
  ..."a % / ? & = . .. + %41 %2f %2E %25 %zz %e9 %C3%A9 é * ; utm_source=x gclid".split(" "),
);

describe("canonicalKey", () => {
  it.each([
    ["http://a.example", "http://a.example/"],
    ["HTTP://A.Example/", "http://a.example/"],
    ["http://a.example:80/", "http://a.example/"],
    ["https://a.example:443/x", "https://a.example/x"],
    ["https://a.example:80/x", "https://a.example:80/x"],
    ["http://a.example:8080/x", "http://a.example:8080/x"],
    ["http://a.example/x#y", "http://a.example/x"],
    ["http://a.example/x#", "http://a.example/x"],
    ["http://a.example/x?", "http://a.example/x"],
    ["http://a.example/x?#y", "http://a.example/x"],
    ["http://user:pass@a.example/x", "http://a.example/x"],
    ["http://a.example/a/./b", "http://a.example/a/b"],
    ["http://a.example/a/../b", "http://a.example/b"],
    ["http://a.example/../../b", "http://a.example/b"],
    ["http://a.example/a/%2e/b", "http://a.example/a/b"],
    ["http://a.example/a/%2E%2e/b", "http://a.example/b"],
    ["http://a.example/a/.%2e/b", "http://a.example/b"],
    ["http://a.example/a/..", "http://a.example/"],
    ["http://a.example/a//b", "http://a.example/a//b"],
    ["http://a.example/a/", "http://a.example/a/"],
    ["http://a.example\\a\\b", "http://a.example/a/b"],
    ["http://a.example/%7ejoe", "http://a.example/~joe"],
    ["http://a.example/%7Ejoe", "http://a.example/~joe"],
    ["http://a.example/~joe", "http://a.example/~joe"],
    ["http://a.example/%41%5a%30%2d%2e%5f", "http://a.example/AZ0-._"],
    ["http://a.example/%2f", "http://a.example/%2F"],
    ["http://a.example/%2F", "http://a.example/%2F"],
    ["http://a.example/a%3fb", "http://a.example/a%3Fb"],
    ["http://a.example/%c3%a9", "http://a.example/%C3%A9"],
    ["http://a.example/é", "http://a.example/%C3%A9"],
    ["http://a.example/a b", "http://a.example/a%20b"],
    ["http://a.example/%2541", "http://a.example/%2541"],
    ["http://a.example/%", "http://a.example/%"],
    ["http://a.example/%zz", "http://a.example/%zz"],
    ["http://a.example/%a%41", "http://a.example/%a%41"],
    ["http://a.example/%%341", "http://a.example/%%341"],
    ["http://a.example/%25%41", "http://a.example/%25A"],
    ["http://a.example/x?b=2&a=1", "http://a.example/x?b=2&a=1"],
    ["http://a.example/x?q=%7e%2f", "http://a.example/x?q=~%2F"],
    ["http://a.example/x?a=&b", "http://a.example/x?a=&b"],
    ["http://a.example/x?a&&b", "http://a.example/x?a&&b"],
    ["http://bücher.example/", "http://xn--bcher-kva.example/"],
    ["http://0x7f.1/", "http://127.0.0.1/"],
    ["http://[::1]:80/", "http://[::1]/"],
    ["http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"],
    [" http://a.example/x ", "http://a.example/x"],
    ["http://a.example/x\n/y", "http://a.example/x/y"],
    // Hosts, as the WHATWG parser has them.
    ["http://A.EXAMPLE./x", "http://a.example./x"],
    ["http://a.example:/x", "http://a.example/x"],
    ["http://a.example:0080/x", "http://a.example/x"],
    ["https://a.example:0443/", "https://a.example/"],
    ["http://a.example:443/", "http://a.example:443/"],
    ["http://%61.example/", "http://a.example/"],
    ["http://a。example/", "http://a.example/"],
    ["http://Ａ.example/", "http://a.example/"],
    ["http://BÜCHER.example/", "http://xn--bcher-kva.example/"],
    ["http://faß.example/", "http://xn--fa-hia.example/"],
    ["http://2130706433/", "http://127.0.0.1/"],
    ["http://0177.0.0.1/", "http://127.0.0.1/"],
    ["http://127.1/", "http://127.0.0.1/"],
    ["http://192.0x00A80001/", "http://192.168.0.1/"],
    ["http://[2001:DB8::A]/", "http://[2001:db8::a]/"],
    ["http://[2001:db8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/"],
    ["http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/"],
    ["http://user@a.example/", "http://a.example/"],
    ["http://:pass@a.example/", "http://a.example/"],
    ["http://us%65r:p@a.example:80/", "http://a.example/"],
    // Schemes and slashes.
    ["http:a.example/x", "http://a.example/x"],
    ["http:/a.example/x", "http://a.example/x"],
    ["http:///a.example/x", "http://a.example/x"],
    ["http:\\\\a.example\\x", "http://a.example/x"],
    ["hTTpS://a.example/X", "https://a.example/X"],
    ["\thttp://a.example/x", "http://a.example/x"],
    ["ht\ntp://a.exa\tmple/x", "http://a.example/x"],
    ["\u0000http://a.example/x\u001f", "http://a.example/x"],
    // Paths.
    ["http://a.example/.", "http://a.example/"],
    ["http://a.example/./", "http://a.example/"],
    ["http://a.example/a/.", "http://a.example/a/"],
    ["http://a.example/a/./", "http://a.example/a/"],
    ["http://a.example/a/../", "http://a.example/"],
    ["http://a.example/a/b/../..", "http://a.example/"],
    ["http://a.example/a/b/../../../c", "http://a.example/c"],
    ["http://a.example/a/%2e%2E/b", "http://a.example/b"],
    ["http://a.example/%2e", "http://a.example/"],
    ["http://a.example/...", "http://a.example/..."],
    ["http://a.example/a/..b", "http://a.example/a/..b"],
    ["http://a.example//", "http://a.example//"],
    ["http://a.example//../x", "http://a.example/x"],
    ["http://a.example/a/..//b", "http://a.example//b"],
    ["http://a.example/A", "http://a.example/A"],
    ["http://a.example/index.html", "http://a.example/index.html"],
    ["http://a.example/a;b=1", "http://a.example/a;b=1"],
    ["http://a.example/a:b@c", "http://a.example/a:b@c"],
    ["http://a.example/a+b", "http://a.example/a+b"],
    ["http://a.example/a%2Bb", "http://a.example/a%2Bb"],
    ["http://a.example/a%20b", "http://a.example/a%20b"],
    ['http://a.example/"<>`{}', "http://a.example/%22%3C%3E%60%7B%7D"],
    ["http://a.example/%5b%5d", "http://a.example/%5B%5D"],
    ["http://a.example/[]", "http://a.example/[]"],
    ["http://a.example/'", "http://a.example/'"],
    ["http://a.example/%27", "http://a.example/%27"],
    ["http://a.example/日本", "http://a.example/%E6%97%A5%E6%9C%AC"],
    ["http://a.example/%e6%97%a5", "http://a.example/%E6%97%A5"],
    ["http://a.example/😀", "http://a.example/%F0%9F%98%80"],
    ["http://a.example/%ff%fe", "http://a.example/%FF%FE"],
    ["http://a.example/%00", "http://a.example/%00"],
    ["http://a.example/%61%62%63", "http://a.example/abc"],
    ["http://a.example/%7E%2D%2E%5F", "http://a.example/~-._"],
    ["http://a.example/%252e", "http://a.example/%252e"],
    ["http://a.example/a%", "http://a.example/a%"],
    ["http://a.example/%%%", "http://a.example/%%%"],
    ["http://a.example/%2%66", "http://a.example/%2%66"],
    // Queries.
    ["http://a.example?x", "http://a.example/?x"],
    ["http://a.example/?", "http://a.example/"],
    ["http://a.example/x??", "http://a.example/x??"],
    ["http://a.example/x?a?b", "http://a.example/x?a?b"],
    ["http://a.example/x?a=/../b", "http://a.example/x?a=/../b"],
    ["http://a.example/x?a=1&a=1", "http://a.example/x?a=1&a=1"],
    ["http://a.example/x?A=1&a=2", "http://a.example/x?A=1&a=2"],
    ["http://a.example/x?a=+", "http://a.example/x?a=+"],
    ["http://a.example/x?a=%20", "http://a.example/x?a=%20"],
    ["http://a.example/x?a b", "http://a.example/x?a%20b"],
    ["http://a.example/x?é", "http://a.example/x?%C3%A9"],
    ["http://a.example/x?q=%e2%82%ac", "http://a.example/x?q=%E2%82%AC"],
    ["http://a.example/x?a=b%26c", "http://a.example/x?a=b%26c"],
    ["http://a.example/x?a=b%3dc", "http://a.example/x?a=b%3Dc"],
    ["http://a.example/x?%61=1", "http://a.example/x?a=1"],
    ["http://a.example/x?&", "http://a.example/x?&"],
    ["http://a.example/x?=", "http://a.example/x?="],
    ["http://a.example/x?a=1;b=2", "http://a.example/x?a=1;b=2"],
    ["http://a.example/x?utm_source=a#b", "http://a.example/x"],
    ["http://a.example/x?utm_source=a&gclid=b", "http://a.example/x"],
    ["http://a.example/x?utm_source", "http://a.example/x"],
    ["http://a.example/x?b&utm_source=a&c", "http://a.example/x?b&c"],
    ["http://a.example/utm_source=a", "http://a.example/utm_source=a"],
    // Fragments.
    ["http://a.example#x", "http://a.example/"],
    ["http://a.example/x#?a=1", "http://a.example/x"],
    ["http://a.example/x?a#b#c", "http://a.example/x?a"],
    ["http://a.example/x#!/y", "http://a.example/x"],
  ])("makes of %j the key %j", (text, key) => {
    expect(keyOf(text)).toBe(key);
  });

  it.each([
    ..."utm_source utm_medium utm_campaign utm_id UTM_Term utm%5Fcontent gclid GCLID gclsrc dclid gbraid wbraid".split(
      " ",
    ),
    ..."srsltid _ga _gl fbclid igshid igsh msclkid yclid ysclid twclid ttclid li_fat_id epik rdt_cid sccid qclid".split(
      " ",
    ),
    ..."mc_cid mc_eid _hsenc _hsmi __hssc __hstc __hsfp hsCtaTracking mkt_tok vero_id vero_conv elqTrackId".split(
      " ",
    ),
    ..."s_kwcid ef_id oly_anon_id oly_enc_id __s _ke mtm_source pk_campaign matomo_kwd hsa_acc".split(" "),
  ])("leaves out the tracking parameter %s wherever it stands", (name) => {
    expect(keyOf(`http://a.example/x?${name}=1`)).toBe("http://a.example/x");
    expect(keyOf(`http://a.example/x?${name}=1&b=2`)).toBe("http://a.example/x?b=2");
    expect(keyOf(`http://a.example/x?a=1&${name}&b=2`)).toBe("http://a.example/x?a=1&b=2");
  });

  it.each("utm source id ref gclids fbclid2 ga page cid _g %ff utmx a%5Futm_".split(" "))(
    "keeps the parameter %s, which means something",
    (name) => {
      expect(keyOf(`http://a.example/x?${name}=1`).toLowerCase()).toContain("=1");
    },
  );

  it("is the same for its own key", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const key = keyOf(`https://a.example/${pieces.join("")}`);
        expect(keyOf(key)).toBe(key);
      }),
      { numRuns: 2_000 },
    );
  });
});
