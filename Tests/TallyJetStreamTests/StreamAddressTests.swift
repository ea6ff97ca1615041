import Testing

@testable import TallyJetStream

@Suite("The address of a stream")
struct StreamAddressTests {
  @Test("names servers, a stream and files, and is shown without a password")
  func parts() throws {
    let address = try StreamAddress("tls://u:secret@a:4222,b/shop-1?local=/var/x&creds=/k&ca=/c&replicas=1")
    #expect(address.servers == ["tls://u:secret@a:4222", "tls://b"])
    #expect(address.stream == "shop-1" && address.local == "/var/x" && address.replicas == 1 && address.isEncrypted)
    #expect(address.credentials == "/k" && address.authorities == "/c")
    #expect(address.name == "nats://a:4222,b/shop-1")
  }

  @Test(
    "that is none is refused in words",
    arguments: [
      "shop", "nats://", "nats:///shop", "nats://a", "nats://a/", "nats://a/b.c", "nats://a/b/c", "nats://a,,b/c",
      "nats://a/b?x=1", "nats://a/b?local", "nats://a/b?replicas=9", "nats://a/b?cert=x", "nats://:4222/b",
      "nats://a b/c",
      "nats://u@/c",
    ])
  func refused(text: String) {
    let error = #expect(throws: StreamAddressError.self) { try StreamAddress(text) }
    #expect((error?.description.count ?? 0) > 10)
  }

  @Test("finds its local directory: named, by the environment, or in the user's state")
  func local() throws {
    func local(_ text: String, _ environment: [String: String]) throws -> String? {
      var address = try StreamAddress(text)
      address.complete { environment[$0] }
      return address.local
    }
    #expect(try local("nats://a:1/s?local=/x", ["TALLY_LOCAL": "/y"]) == "/x")
    #expect(try local("nats://a:1/s", ["TALLY_LOCAL": "/y", "HOME": "/h"]) == "/y")
    #expect(try local("nats://a:1,b/s", ["XDG_STATE_HOME": "/z", "HOME": "/h"]) == "/z/tallystick/a_1/s")
    #expect(try local("nats://a:1/s", ["HOME": "/h"]) == "/h/.local/state/tallystick/a_1/s")
  }
}
