import TallyTestSupport
import Testing

/// A certificate for 127.0.0.1, signed by itself, made by openssl.
struct TestCertificate {
  let certificate: String
  let key: String

  static var isPossible: Bool { RealClientTests.succeeds(["openssl", "version"]) }

  init(in directory: TemporaryDirectory, _ name: String = "server") throws {
    certificate = directory.path + "/\(name).pem"
    key = directory.path + "/\(name).key"
    try make(name)
  }

  /// A new one in its place.
  func make(_ name: String) throws {
    let made = try #require(
      RunningProgram([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
      ])
    ).finish()
    #expect(made.status == 0, "\(made.errors)")
  }

  var options: [String] { ["--tls-certificate", certificate, "--tls-key", key] }
}
