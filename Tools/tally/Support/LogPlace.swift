import Glibc
import TallyJetStream
import Tallystick

/// Where a log is: a directory, or a stream of NATS JetStream.
enum LogPlace {
  case directory(String)
  case stream(StreamLog)

  /// - Parameter text: as `--log` has it.
  init(_ text: String) throws {
    guard StreamAddress.isOne(text) else {
      self = .directory(text)
      return
    }
    do throws(StreamAddressError) {
      var address = try StreamAddress(text)
      address.complete { name in getenv(name).flatMap { $0.pointee == 0 ? nil : String(cString: $0) } }
      self = .stream(try StreamLog(address))
    } catch {
      throw CommandFailure.usage("--log: \(error)")
    }
  }

  func reader(_ warn: @escaping @Sendable (String) -> Void) throws -> LogReader {
    switch self {
    case .directory(let path): try LogReader(path, warn: warn)
    case .stream(let log): try LogReader(log, warn: warn)
    }
  }

  func open(_ options: LogOptions) throws -> TallyLog {
    switch self {
    case .directory(let path): return try TallyLog(path, options: options)
    case .stream(let log):
      let opened = try TallyLog(log, options: options)
      if let warning = log.sizeWarning { options.warn(warning) }
      return opened
    }
  }

  /// For people: without passwords.
  var description: String {
    switch self {
    case .directory(let path): path
    case .stream(let log): log.address.name
    }
  }

  func copy(to directory: String, _ warn: @escaping @Sendable (String) -> Void) throws -> Backup.Report {
    switch self {
    case .directory(let path): try Backup.copy(path, to: directory, warn: warn)
    case .stream(let log): try Backup.copy(log, to: directory, warn: warn)
    }
  }

  /// Makes an empty log there.
  func create(_ settings: LogSettings) throws {
    switch self {
    case .directory(let path): try TallyLog.create(path, settings: settings)
    case .stream(let log): try log.create(settings)
    }
  }
}
