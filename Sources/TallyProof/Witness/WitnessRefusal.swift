import TallyFormat

/// Why a witness does not cosign, each with the status of HTTP that the specification names.
public enum WitnessRefusal: Error, Sendable, CustomStringConvertible {
  /// It is no request.
  case malformed(NoteFlaw)
  /// The log is none that it looks after.
  case unknownOrigin(String)
  /// None of the log's keys signed it, or a signature is wrong.
  case notSigned(NoteFlaw)
  /// It cosigned another checkpoint last: of so many frames.
  case otherSize(UInt64)
  /// The checkpoint does not begin with all that the witness has cosigned.
  case inconsistent(String)
  /// What it cosigned cannot be read or written.
  case state(WitnessFailure)

  /// The specification's.
  public var status: Int {
    switch self {
    case .malformed: 400
    case .unknownOrigin: 404
    case .notSigned: 403
    case .otherSize: 409
    case .inconsistent: 422
    case .state: 500
    }
  }

  /// In one line.
  public var description: String {
    switch self {
    case .malformed(let flaw): "the request \(flaw)"
    case .unknownOrigin(let origin): "this witness knows no log \(origin)"
    case .notSigned(let flaw): "the checkpoint \(flaw)"
    case .otherSize(let size): "this witness has cosigned a checkpoint of \(size) frames"
    case .inconsistent(let reason): reason
    case .state(let failure): "\(failure)"
    }
  }
}

/// Why a witness cannot work.
public enum WitnessFailure: Error, Sendable, CustomStringConvertible {
  /// Its state cannot be read or written.
  case file(FileError)
  /// What it cosigned last is not there as it was written. It must not begin anew by itself: it could be made to cosign
  /// two histories.
  case damaged(path: String, reason: String)
  /// Another process has its state.
  case inUse(path: String)
  /// The system's cryptography fails.
  case cryptography

  init(_ error: TreeError) {
    self =
      switch error {
      case .file(let error): .file(error)
      case .inUse(let path): .inUse(path: path)
      case .log, .damaged, .altered, .contradicts: .damaged(path: "", reason: "\(error)")
      }
  }

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .damaged(let path, let reason):
      "the witness's state \(path) is damaged: it \(reason); restore it from a copy, for without it the witness could be"
        + " made to cosign another history"
    case .inUse(let path): "another process has the witness's state \(path): try again"
    case .cryptography: "the system's cryptography failed to sign"
    }
  }
}
