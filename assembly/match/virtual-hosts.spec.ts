import { configuration, errors } from "../../test/support/spec/configuration";
import { text } from "../../test/support/spec/bytes";
import { forgetProperties, setProperty } from "../../test/support/spec/host";
import { Region } from "../memory/region";
import { utf8 } from "../text/text";
import { VirtualHosts } from "./virtual-hosts";

export { proxy_get_property } from "../../test/support/spec/host";

/** The hosts of several VirtualServices, each as a JSON list; they lead to 1, 2, 3 …; gives what is reported. */
function read(hosts: VirtualHosts, namespace: string, services: string[]): string {
  const root = configuration('{"s": [' + services.join(",") + "]}");
  let service = root.field(utf8("s")).first();
  let outcome: usize = 0;
  while (service != null) {
    VirtualHosts.checkHosts(service);
    outcome++;
    let host = service.first();
    while (host != null) {
      VirtualHosts.checkHost(host);
      hosts.addHostAt(host, text(namespace), outcome);
      host = host.next();
    }
    service = service.next();
  }
  return errors(root);
}

function open(services: string[]): VirtualHosts {
  forgetProperties();
  const hosts = VirtualHosts.open(Region.open());
  expect(read(hosts, "default", services)).toBe("");
  return hosts;
}

function problem(services: string[]): string {
  forgetProperties();
  return read(VirtualHosts.open(Region.open()), "default", services);
}

function find(hosts: VirtualHosts, authority: string): i32 {
  const bytes = text(authority);
  return <i32>hosts.find(bytes.start, bytes.length);
}

/** Which of the names lead to the first VirtualService. */
function found(hosts: VirtualHosts, names: string[]): string {
  const known: string[] = [];
  for (let i = 0; i < names.length; i++) if (find(hosts, names[i]) == 1) known.push(names[i]);
  return known.join(" ");
}

const NAMES = [
  "reviews",
  "reviews.default",
  "reviews.default.svc",
  "reviews.default.svc.cluster.local",
  "reviews.default.svc.cluster.local.",
  "reviews.other",
  "reviews.default.svc.cluster",
  "reviews.svc.cluster.local",
  "other",
];

const CAPITALS = [
  "Reviews",
  "REVIEWS.default.svc.cluster.local",
  "reviews.Default.svc.cluster.local",
  "reviews.default.SVC.Cluster.Local",
];

describe("a host without a dot", () => {
  it("is known by the names that istiod gives the service (httproute.go: GenerateAltVirtualHosts)", () => {
    expect(found(open(['["reviews"]']), NAMES)).toBe(
      "reviews reviews.default reviews.default.svc reviews.default.svc.cluster.local reviews.default.svc.cluster.local.",
    );
  });

  it("is known by its bare name only in its own namespace", () => {
    const rest =
      "reviews.default reviews.default.svc reviews.default.svc.cluster.local reviews.default.svc.cluster.local.";
    const hosts = VirtualHosts.open(Region.open());
    forgetProperties();
    setProperty("xds/node/metadata/NAMESPACE", text("other"));
    expect(read(hosts, "default", ['["reviews"]'])).toBe("");
    expect(found(hosts, NAMES)).toBe(rest);
    setProperty("xds/node/metadata/NAMESPACE", text("default"));
    const own = VirtualHosts.open(Region.open());
    expect(read(own, "default", ['["reviews"]'])).toBe("");
    expect(found(own, NAMES)).toBe("reviews " + rest);
  });
});

describe("a host with capital letters", () => {
  it("is known by the same names as one without: istiod takes it in lower case (route.go: separateVSHostsAndServices)", () => {
    const all =
      "reviews reviews.default reviews.default.svc reviews.default.svc.cluster.local reviews.default.svc.cluster.local.";
    for (let i = 0; i < CAPITALS.length; i++) {
      const hosts = VirtualHosts.open(Region.open());
      forgetProperties();
      setProperty("xds/node/metadata/NAMESPACE", text("default"));
      expect(read(hosts, "default", ['["' + CAPITALS[i] + '"]'])).toBe("");
      expect(found(hosts, NAMES)).toBe(all, CAPITALS[i]);
    }
  });
});

describe("a host with dots", () => {
  it("that is a service's full name is known by its shorter ones too", () => {
    expect(found(open(['["reviews.default.svc.cluster.local"]']), NAMES)).toBe(
      "reviews reviews.default reviews.default.svc reviews.default.svc.cluster.local reviews.default.svc.cluster.local.",
    );
  });

  it("is itself and nothing else where it is none", () => {
    expect(found(open(['["reviews.default"]']), NAMES)).toBe("reviews.default");
    expect(found(open(['["reviews.svc.cluster.local"]']), NAMES)).toBe("reviews.svc.cluster.local");
    const outside = open(['["example.com"]']);
    expect(find(outside, "example.com")).toBe(1);
    expect(find(outside, "www.example.com")).toBe(0);
    expect(find(outside, "example")).toBe(0);
    expect(find(outside, "example.com.")).toBe(0);
  });
});

/** What native Envoy 1.40 does with `ignore_port_in_host_matching`, tried with these very hosts. */
describe("a request's host", () => {
  it("is compared without its port and without regard to case", () => {
    const hosts = open(['["reviews"]', '["*.foo.com"]']);
    expect(find(hosts, "REVIEWS")).toBe(1);
    expect(find(hosts, "reviews:80")).toBe(1);
    expect(find(hosts, "reviews:99999999999")).toBe(1);
    expect(find(hosts, "reviews:")).toBe(1);
    expect(find(hosts, "A.b.FOO.com:81")).toBe(2);
    expect(find(hosts, "reviews:80:90")).toBe(0);
    expect(find(hosts, "")).toBe(0);
    expect(find(hosts, ":80")).toBe(0);
    expect(find(hosts, ":")).toBe(0);
  });

  it("ends at its last colon, whatever stands behind it (Envoy HeaderUtility::getPortStart)", () => {
    const hosts = open(['["reviews"]', '["*.foo.com"]']);
    expect(find(hosts, "reviews:abc")).toBe(1);
    expect(find(hosts, "reviews:80x")).toBe(1);
    expect(find(hosts, "x.foo.com:abc")).toBe(2);
  });

  it("has no port left, so that a namespace with a colon leads nobody to its services", () => {
    forgetProperties();
    const hosts = VirtualHosts.open(Region.open());
    expect(read(hosts, "a:80", ['["reviews"]'])).toBe("");
    expect(find(hosts, "reviews.a:80")).toBe(0);
    expect(find(hosts, "reviews")).toBe(1);
    expect(read(hosts, "default", ['["reviews.a"]'])).toBe("");
    expect(find(hosts, "reviews.a:80")).toBe(1);
  });

  it("may be an IPv6 address, which only * has", () => {
    const hosts = open(['["reviews"]', '["*"]']);
    expect(find(hosts, "[::1]")).toBe(2);
    expect(find(hosts, "[::1]:80")).toBe(2);
    expect(find(hosts, "::1")).toBe(2);
    const none = open(['["reviews"]']);
    expect(find(none, "[::1]:80")).toBe(0);
    expect(find(none, "::1")).toBe(0);
  });
});

describe("wildcards", () => {
  it("lead after whole names, the longest suffix first, * last (Envoy RouteMatcher::findVirtualHost)", () => {
    const hosts = open(['["*"]', '["*.com"]', '["*.foo.com"]', '["www.foo.com"]']);
    expect(find(hosts, "www.foo.com")).toBe(4);
    expect(find(hosts, "api.foo.com")).toBe(3);
    expect(find(hosts, "a.b.foo.com")).toBe(3);
    expect(find(hosts, "foo.com")).toBe(2);
    expect(find(hosts, "example.com:80")).toBe(2);
    expect(find(hosts, "com")).toBe(1);
    expect(find(hosts, "xfoo.com")).toBe(2);
    expect(find(hosts, "anything")).toBe(1);
  });

  it("need a byte in the star's place", () => {
    const hosts = open(['["*.foo.com"]']);
    expect(find(hosts, ".foo.com")).toBe(0);
    expect(find(hosts, "x.foo.com")).toBe(1);
    expect(find(hosts, "foo.com")).toBe(0);
    expect(find(hosts, "..foo.com")).toBe(1);
  });
});

describe("wildcards within a label", () => {
  it("lead as Envoy's do: after whole names, the longest first", () => {
    const hosts = open([
      '["*.example.com"]',
      '["*-canary.example.com"]',
      '["a-canary.example.com"]',
      '["*y.example.com"]',
    ]);
    expect(find(hosts, "a-canary.example.com")).toBe(3);
    expect(find(hosts, "B-Canary.example.com:80")).toBe(2);
    expect(find(hosts, "c.b-canary.example.com")).toBe(2);
    expect(find(hosts, "canary.example.com")).toBe(4);
    expect(find(hosts, "-canary.example.com")).toBe(4, "a byte must stand in the star's place");
    expect(find(hosts, "other.example.com")).toBe(1);
    expect(find(hosts, "example.com")).toBe(0);
  });

  it("are no names", () => {
    const hosts = open(['["*foo.com"]']);
    expect(find(hosts, "foo.com")).toBe(0);
    expect(find(hosts, "xfoo.com")).toBe(1);
    expect(problem(['["*foo.com"]', '["foo.com"]'])).toBe("");
  });
});

describe("a wildcard without a dot", () => {
  it("is for services of the namespace (config.go: ResolveShortnameToFQDN)", () => {
    const hosts = open(['["*-v1"]', '["*x"]', '["*"]']);
    expect(find(hosts, "reviews-v1.default.svc.cluster.local")).toBe(1);
    expect(find(hosts, "x.default.svc.cluster.local")).toBe(3, "a byte must stand in the star's place");
    expect(find(hosts, "ax.default.svc.cluster.local:80")).toBe(2);
    expect(find(hosts, "reviews-v1.other.svc.cluster.local")).toBe(3);
    expect(find(hosts, "shop.example-v1")).toBe(3);
    expect(find(hosts, "reviews-v1")).toBe(3);
    expect(problem(['["*-v1"]', '["*-v1.default.svc.cluster.local"]'])).toBe(
      's[1][0]: another entry already has the host "*-v1.default.svc.cluster.local"',
    );
  });
});

describe("hosts that are reported", () => {
  it("are those that are none", () => {
    const wrong = [
      "*.",
      "*..a",
      "*a*",
      "*/",
      "a..b",
      ".a",
      "a.",
      "a b",
      "a:80",
      "a/b",
      "a*",
      "a.*.b",
      "**",
      "[::1]",
      "ä",
    ];
    for (let i = 0; i < wrong.length; i++) {
      expect(problem(['["' + wrong[i] + '"]'])).toBe(
        's[0][0]: expected a host name, which may begin with "*", got "' + wrong[i] + '"',
      );
    }
    expect(problem(['[""]'])).toBe('s[0][0]: expected a string that is not empty, got ""');
    expect(problem(["[]"])).toBe("s[0]: expected a list that is not empty, got []");
    expect(problem(["null"])).toBe(
      "s[0]: required, and missing; if this is a delegate, write its routes into the VirtualService that names it",
    );
  });

  it("are those that two VirtualServices have, by whatever name", () => {
    expect(problem(['["a.com"]', '["b.com", "A.com"]'])).toBe('s[1][1]: another entry already has the host "A.com"');
    expect(problem(['["*.a.com"]', '["*.a.com"]']).startsWith("s[1][0]: another entry already has the host ")).toBe(
      true,
    );
    expect(problem(['["*"]', '["*"]'])).toBe('s[1][0]: another entry already has the host "*"');
    expect(
      problem(['["reviews"]', '["reviews.default.svc.cluster.local"]']).startsWith(
        "s[1][0]: another entry already has the host ",
      ),
    ).toBe(true);
  });

  it("are not those that one VirtualService has twice", () => {
    const hosts = open(['["reviews", "reviews.default.svc.cluster.local", "*.a.com", "*.a.com", "*", "*"]']);
    expect(find(hosts, "reviews")).toBe(1);
  });

  it("names a wildcard as it was written", () => {
    expect(problem(['["*.a.com"]', '["*.a.com"]'])).toBe('s[1][0]: another entry already has the host "*.a.com"');
  });
});

describe("many hosts", () => {
  it("are each found", () => {
    const services: string[] = [];
    for (let i = 0; i < 2000; i++) services.push('["h' + i.toString() + '.example.com","*.w' + i.toString() + '.org"]');
    const hosts = open(services);
    let wrong = 0;
    for (let i = 0; i < 2000; i++) {
      if (find(hosts, "h" + i.toString() + ".example.com:80") != i + 1) wrong++;
      if (find(hosts, "x.w" + i.toString() + ".org") != i + 1) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

describe("a few hosts", () => {
  it("are told apart even if they have one length and one end, with a port and without, and with any case", () => {
    const services: string[] = [];
    for (let count = 0; count <= 40; count++) {
      const hosts = open(services);
      for (let i = 0; i < count; i++) {
        const name = "a" + (10 + i).toString() + ".example.com";
        expect(find(hosts, name)).toBe(i + 1, name);
        expect(find(hosts, name.toUpperCase() + ":80")).toBe(i + 1, name);
      }
      expect(find(hosts, "a99.example.com")).toBe(0);
      services.push('["a' + (10 + count).toString() + '.example.com"]');
    }
  });
});

describe("hasNames", () => {
  it("tells whether some hosts are other than *, so that a request's host must be known", () => {
    expect(open([]).hasNames).toBe(false);
    expect(open(['["*"]']).hasNames).toBe(false);
    expect(open(['["reviews"]']).hasNames).toBe(true);
    expect(open(['["*.example.com"]']).hasNames).toBe(true);
    expect(open(['["*"]', '["example.com"]']).hasNames).toBe(true);
    expect(open(['["*", "*-canary.example.com"]']).hasNames).toBe(true);
  });
});
