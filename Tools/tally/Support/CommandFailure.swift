import ArgumentParser
import Glibc
import TallyProof
import TallyShards
import Tallystick

/// Why a command ends without success: one line for people, and the exit code that scripts rely on.
struct CommandFailure: Error {
  /// The contract's exit codes.
  enum Code: Int32 {
    case success = 0
    /// Rejected by the domain, or a snapshot that contradicts its log.
    case rejected = 1
    case usage = 64
    /// Bad input data, or a log that is damaged, or no log.
    case badData = 65
    case inputOutput = 74
    case inUse = 75
    /// 128 + the signal.
    case interrupted = 130
    case terminated = 143
  }

  var code: Code
  /// `nil`: everything has been said.
  var message: String?

  init(_ code: Code, _ message: String? = nil) {
    self.code = code
    self.message = message
  }

  /// Arguments that make no sense.
  static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

  /// From the system's error number, right after a call failed.
  static func system(_ what: String) -> CommandFailure {
    CommandFailure(.inputOutput, "\(what): \(String(cString: strerror(errno)))")
  }

  /// `nil` if it is the argument parser's own.
  init?(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as TallyError: self.init(error)
    case let error as ShardError: self.init(error)
    case let error as LogError: self.init(TallyError.log(error))
    case let error as FileError: self.init(TallyError.log(.file(error)))
    case let error as TreeError: self.init(error)
    case let error as SigningError: self.init(error)
    case let error as WitnessFailure: self.init(error)
    case let flaw as NoteFlaw: self.init(.badData, "a checkpoint \(flaw)")
    default: return nil
    }
  }

  private init(_ error: ShardError) {
    switch error {
    case .log(_, let error):
      let failure = CommandFailure(error)
      self.init(failure.code, "\(failure.message ?? "")")
    case .map(.file(let error)): self.init(TallyError.log(.file(error)))
    case .map(.flawed), .otherLog: self.init(.badData, error.description)
    case .invalidArgument: self.init(.usage, error.description)
    case .unfinished: self.init(.inputOutput, error.description)
    }
  }

  private init(_ error: TreeError) {
    switch error {
    case .log(let error): self.init(TallyError.log(error))
    case .file(let error): self.init(TallyError.log(.file(error)))
    case .damaged, .altered: self.init(.badData, error.description)
    case .contradicts: self.init(.rejected, error.description)
    case .inUse: self.init(.inUse, error.description)
    }
  }

  private init(_ error: WitnessFailure) {
    switch error {
    case .file(let error): self.init(TallyError.log(.file(error)))
    case .damaged: self.init(.badData, error.description)
    case .inUse: self.init(.inUse, error.description)
    case .cryptography: self.init(.inputOutput, error.description)
    }
  }

  private init(_ error: SigningError) {
    switch error {
    case .tree(let error): self.init(error)
    case .kept: self.init(.badData, error.description)
    case .twoHistories: self.init(.rejected, error.description)
    case .cryptography: self.init(.inputOutput, error.description)
    }
  }

  private init(_ error: TallyError) {
    if case .log(.notALog(let path, _)) = error, Shards.isShop(path) {
      self = .usage(
        "\(path) is a shop of several shards, and this command works on one log: name a shard's, as in --log "
          + ShardedDirectory(path).log(0).path)
      return
    }
    let code: Code =
      switch error {
      case .log(.file(let error)) where error.code == EBUSY: .inUse
      case .log(.file), .networkFileSystem, .outOfThreads, .poisoned: .inputOutput
      case .log(.notALog), .log(.damaged), .ruleBroken, .behindFloor: .badData
      case .inUse: .inUse
      case .notEmpty, .outOfRange, .invalidArgument: .usage
      }
    self.init(code, error.description + CommandFailure.advice(for: error))
  }

  /// What to do, where the error itself does not say it.
  private static func advice(for error: TallyError) -> String {
    switch error {
    case .inUse(let path, let process): ServingProcess.advice(process, log: path)
    case .log(.notALog(_, let reason)): reason.contains("tally init") ? "" : "; make one with: tally init --log DIR"
    case .log(.damaged(_, _, let reason)) where reason.contains("format version"): ""
    case .log(.damaged): "; see what can still be proven with: tally-verify DIR, and restore the log from a backup"
    case .log(.file(let error)):
      switch error.code {
      case ENOSPC, EDQUOT: "; make room and try again: nothing acknowledged is lost"
      case EMFILE, ENFILE: "; allow more open files, with ulimit -n"
      case EFBIG: "; raise the limit on file sizes (ulimit -f) and try again: nothing acknowledged is lost"
      case EACCES, EPERM: "; use an account that may"
      case EROFS: "; writing needs a file system that is mounted for writing"
      default: ""
      }
    default: ""
    }
  }
}
