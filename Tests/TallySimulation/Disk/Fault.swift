import Glibc
import TallyFormat

/// Something that goes wrong in a call of the file system.
enum Fault: Sendable {
  /// The power is gone: from here on nothing works, and nobody is told.
  case powerLoss
  /// The call fails with this error number. Of a write, these first bytes have been written; of a sync, whatever the
  /// kernel got to the platter, and the rest is forgotten.
  case failure(code: Int32, written: Int = 0)
  /// A write fails, and any of its sectors may be written, not only the first ones.
  case scattering(code: Int32)
  /// The call takes this many milliseconds.
  case slow(Int64)
}

/// A call of the file system, as faults and observers see it.
struct FileCall: Sendable {
  enum Kind: Sendable, CaseIterable {
    case open, create, read, write, sync, truncate, lock, list, look, makeDirectory, rename, link, remove,
      syncDirectory
  }
  var kind: Kind
  var path: String
  /// Bytes of a write.
  var count = 0

  /// After it a power loss may leave what it could not leave before.
  var changesDisk: Bool {
    switch kind {
    case .create, .write, .truncate, .makeDirectory, .rename, .link, .remove: true
    case .open, .read, .sync, .lock, .list, .look, .syncDirectory: false
    }
  }
  var isSync: Bool { kind == .sync || kind == .syncDirectory }
}

extension FileError {
  static func simulated(_ call: FileCall, _ code: Int32) -> FileError {
    FileError(operation: "\(call.kind)", path: call.path, code: code, reason: String(cString: strerror(code)))
  }
}
