import NIOCore
import NIOSSL
import TallyThreads
import Tallystick

/// TLS as new connections have it: from 1.2 on, with the certificate that was read last. Any thread.
final class ServerTLS: Sendable {
  private struct Current {
    var context: NIOSSLContext
    /// Seconds since 1970.
    var expiry: Int
  }
  private let files: TLSFiles
  private let current: Monitor<Current>
  private static let mostBytes = 1 << 20

  /// - Throws: ``ServerFailure/certificate(_:)``
  init(_ files: TLSFiles) throws(ServerFailure) {
    self.files = files
    current = Monitor(try ServerTLS.read(files))
  }

  /// Reads the files again, for connections to come. What was read before stays if that fails.
  func reload() throws(ServerFailure) {
    let new = try ServerTLS.read(files)
    current.access { $0 = new }
  }

  /// Of a new connection.
  func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: current.access { $0.context }) }

  /// When the certificate ends, in seconds since 1970.
  var expiry: Int { current.access { $0.expiry } }

  private static func read(_ files: TLSFiles) throws(ServerFailure) -> Current {
    let chain = try certificates(files.certificate)
    let key: NIOSSLPrivateKey
    do { key = try NIOSSLPrivateKey(bytes: contents(of: files.key), format: .pem) } catch {
      if let failure = error as? ServerFailure { throw failure }
      throw .certificate("\(files.key) holds no private key in PEM without a passphrase")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    if let authority = files.clientAuthority {
      configuration.trustRoots = .certificates(try certificates(authority))
      configuration.certificateVerification = .noHostnameVerification
    }
    do {
      return Current(context: try NIOSSLContext(configuration: configuration), expiry: Int(chain[0].notValidAfter))
    } catch {
      throw .certificate("\(files.key) is not the private key of the first certificate in \(files.certificate)")
    }
  }

  /// At least one.
  private static func certificates(_ path: String) throws(ServerFailure) -> [NIOSSLCertificate] {
    let bytes = try contents(of: path)
    guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
      throw .certificate("\(path) holds no certificate in PEM")
    }
    return found
  }

  private static func contents(of path: String) throws(ServerFailure) -> [UInt8] {
    do throws(FileError) {
      guard let bytes = try LocalFileSystem().contents(of: path, maximum: mostBytes) else {
        throw FileError(operation: "read", path: path, code: 0, reason: "there is no such file")
      }
      return bytes
    } catch {
      throw .certificate("\(error)")
    }
  }
}
