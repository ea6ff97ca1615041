import Glibc
import TallyJetStream

/// A log that is named by the address of a stream.
enum StreamArgument {
  /// - Returns: `nil` where the argument names a directory.
  static func log(_ argument: String) throws(StreamAddressError) -> StreamLog? {
    guard StreamAddress.isOne(argument) else { return nil }
    var address = try StreamAddress(argument)
    address.complete { name in getenv(name).flatMap { $0.pointee == 0 ? nil : String(cString: $0) } }
    return try StreamLog(address)
  }
}
