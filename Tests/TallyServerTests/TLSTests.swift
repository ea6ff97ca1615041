import TallyTestSupport
import Testing

@testable import TallyServer

/// With clients as they are used. Passed over without openssl, which makes the certificates.
@Suite("Over TLS", .enabled(if: TestCertificate.isPossible, "openssl is not installed"))
struct TLSTests {
  private let directory = TemporaryDirectory()
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  private static var python: String { root + "/.build/clients/bin/python3" }

  private func run(_ arguments: [String]) throws -> RunningProgram.Ended {
    try #require(RunningProgram(arguments)).finish()
  }

  private func redis(
    _ server: ServingProgram, _ user: String, _ words: [String], trusting certificate: String
  ) throws -> RunningProgram.Ended {
    try run(
      [
        "redis-cli", "-p", "\(server.port)", "--tls", "--cacert", certificate, "--user", user, "--pass",
        ShopUsers.token(user), "--no-auth-warning",
      ] + words)
  }

  private func curl(
    _ server: ServingProgram, _ user: String, _ path: String, trusting certificate: String, _ more: [String] = []
  ) throws -> RunningProgram.Ended {
    try run(
      [
        "curl", "-sS", "--fail-with-body", "--cacert", certificate, "-H",
        "Authorization: Bearer \(ShopUsers.token(user))", "https://127.0.0.1:\(server.httpPort)\(path)",
      ] + more)
  }

  @Test("redis-cli, redis-py and curl make a sale, each by its user's token, and the log is proven")
  func sale() throws {
    let certificate = try TestCertificate(in: directory)
    let users = try ShopUsers(in: directory)
    let server = try ServingProgram(certificate.options + ["--users", users.path], http: true)
    let trusted = certificate.certificate
    let command = #"{"op":"receive","lines":[{"sku":"tea","qty":9}],"key":"po-1"}"#
    let received = try curl(server, "stock", "/v1/commands", trusting: trusted, ["-d", command])
    #expect(received.status == 0 && received.output.contains("accepted"), "\(received)")
    #expect(try curl(server, "read", "/v1/stock/tea", trusting: trusted).output.contains("\"available\":9"))
    #expect(try curl(server, "sell", "/v1/stock/tea", trusting: trusted).output.contains("urn:tallystick:role"))
    if RealClientTests.succeeds(["redis-cli", "--tls", "--version"]) {
      #expect(try redis(server, "sell", ["STOCK.RESERVE", "o1", "tea", "2"], trusting: trusted).lines == ["3"])
      #expect(try redis(server, "read", ["-3", "STOCK.GET", "tea"], trusting: trusted).output.contains("available"))
      #expect(try redis(server, "read", ["STOCK.EVENTS", "1"], trusting: trusted).output.contains("NOPERM"))
    }
    if RealClientTests.succeeds([Self.python, "-c", "import redis"]) {
      let script = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Clients/secure.py"
      let ended = try run([Self.python, script, "\(server.port)", trusted, "sell", ShopUsers.token("sell")])
      #expect(ended.status == 0 && ended.lines.last == "sale complete", "\(ended.output)\(ended.errors)")
    }
    #expect(server.end().status == 0)
    #expect(server.verdict().contains("\"verdict\":\"proven\""))
  }

  @Test("TLS 1.1 and what is no TLS get no answer, and others are served meanwhile")
  func strangers() throws {
    let certificate = try TestCertificate(in: directory)
    let server = try ServingProgram(certificate.options, http: true)
    let plain = try server.client()
    plain.send(["PING"])
    #expect(!String(decoding: plain.rest(), as: UTF8.self).contains("PONG"))
    let http = try run(["curl", "-sS", "http://127.0.0.1:\(server.httpPort)/healthz"])
    #expect(http.status != 0 && !http.output.contains("ok"), "\(http)")
    let secure = ["curl", "-sS", "--cacert", certificate.certificate]
    let health = "https://127.0.0.1:\(server.httpPort)/healthz"
    #expect(try run(secure + ["--tls-max", "1.1", health]).status != 0)
    #expect(try run(secure + ["--tls-max", "1.2", health]).output == "ok\n")
    #expect(try run(secure + ["--tlsv1.3", health]).output == "ok\n")
    #expect(server.end().status == 0)
  }

  @Test("clients without a certificate of the authority are not let in when one is asked for")
  func clientCertificates() throws {
    let certificate = try TestCertificate(in: directory)
    let client = try TestCertificate(in: directory, "client")
    let server = try ServingProgram(
      certificate.options + ["--tls-client-authority", client.certificate], http: true)
    let call = ["curl", "-sS", "--cacert", certificate.certificate, "https://127.0.0.1:\(server.httpPort)/healthz"]
    #expect(try run(call).status != 0)
    let known = try run(call + ["--cert", client.certificate, "--key", client.key])
    #expect(known.output == "ok\n", "\(known.errors)")
    let other = try run(call + ["--cert", certificate.certificate, "--key", certificate.key])
    #expect(other.status != 0)
  }

  @Test(
    "SIGHUP takes new certificates and users without dropping anybody, and keeps the old ones if the new are broken")
  func hangup() throws {
    let certificate = try TestCertificate(in: directory)
    let old = directory.path + "/old.pem"
    #expect(RealClientTests.succeeds(["cp", certificate.certificate, old]))
    let users = try ShopUsers(in: directory)
    let socket = directory.path + "/socket"
    let server = try ServingProgram(
      certificate.options + ["--users", users.path, "--unix", socket], http: true)
    let seller = try TestClient(.unix(socket))
    let reader = try TestClient(.unix(socket))
    #expect(try seller("AUTH", "sell", ShopUsers.token("sell")) == .simple("OK"))
    #expect(try reader("AUTH", "read", ShopUsers.token("read")) == .simple("OK"))

    try users.write(text: "nonsense\n")
    try TestFile.write("nonsense\n", to: certificate.certificate)
    server.program.kill(1)
    server.program.waitForErrors("what was read before stays")
    server.program.waitForErrors("holds no certificate in PEM; what was read before stays")
    #expect("\(try seller("STOCK.RESERVE", "o1", "tea", "1"))".contains("UNKNOWN-ITEM"))
    #expect(try curl(server, "read", "/v1/stock", trusting: old).status == 0)

    try users.write([("read", [.read, .sell]), ("audit", [.audit])])
    try certificate.make("renewed")
    server.program.kill(1)
    server.program.waitForErrors("users and certificates were read again")
    #expect(try seller("STOCK.RESERVE", "o1", "tea", "1") == .error("NOAUTH Authentication required."))
    #expect("\(try reader("STOCK.RESERVE", "o1", "tea", "1"))".contains("UNKNOWN-ITEM"), "it may sell from now on")
    #expect(try reader("PING") == .simple("PONG"))
    #expect(try curl(server, "read", "/v1/stock", trusting: old).status != 0, "the new certificate is another one")
    #expect(try curl(server, "read", "/v1/stock", trusting: certificate.certificate).status == 0)
    let metrics = try curl(server, "audit", "/metrics", trusting: certificate.certificate).output
    #expect(metrics.contains("\ntallystick_reloads_total 1\n"), "\(metrics)")
    #expect(
      metrics.contains("\ntallystick_reload_failures_total 1\n") && metrics.contains("certificate_expiry_seconds"))
    #expect(server.end().status == 0)
  }

  @Test("files of certificates that cannot be used are told by name, and nothing is served")
  func badFiles() throws {
    let certificate = try TestCertificate(in: directory)
    let other = try TestCertificate(in: directory, "other")
    let made = try ServingProgram()
    made.kill()
    func serve(_ options: [String]) throws -> RunningProgram.Ended {
      try run([ChildProcess.built("tally"), "serve", "--log", made.log, "--resp", "127.0.0.1:0"] + options)
    }
    for (pem, key, words) in [
      ("/nowhere.pem", certificate.key, "/nowhere.pem"), (certificate.certificate, "/nowhere.key", "/nowhere.key"),
      (certificate.key, certificate.key, "holds no certificate in PEM"),
      (certificate.certificate, certificate.certificate, "holds no private key in PEM"),
      (certificate.certificate, other.key, "\(other.key) is not the private key of the first certificate"),
    ] {
      let ended = try serve(["--tls-certificate", pem, "--tls-key", key])
      #expect(ended.status == 65 && ended.errors.contains(words), "\(ended.errors)")
    }
    #expect(try serve(["--tls-key", certificate.key]).status == 64)
    #expect(try serve(["--tls-client-authority", certificate.certificate]).status == 64)
    #expect(try serve(["--users", "/nowhere/users"]).errors.contains("tally user add"))
  }

  @Test("other machines are let in with users and TLS, or where words say that it is meant")
  func otherMachines() throws {
    let certificate = try TestCertificate(in: directory)
    let users = ["--users", try ShopUsers(in: directory).path]
    let made = try ServingProgram()
    made.kill()
    for (options, isAllowed) in [
      ([], false), (users, false), (certificate.options, false), (["--insecure-without-tls"], false),
      (users + certificate.options, true), (users + ["--insecure-without-tls"], true),
      (["--insecure-anyone-may-connect"], true),
    ] {
      for listening in ["--resp", "--http"] {
        let server = try #require(
          RunningProgram(
            [ChildProcess.built("tally"), "serve", "--log", made.log, "--json", listening, "0.0.0.0:0"] + options))
        if isAllowed {
          #expect(server.nextLine()?.contains("\"ready\":true") ?? false, "\(options)")
          server.kill(15)
          #expect(server.finish().status == 0)
        } else {
          let ended = server.finish()
          #expect(ended.status == 64 && ended.errors.contains("that needs users and TLS"), "\(ended.errors)")
        }
      }
    }
  }
}
