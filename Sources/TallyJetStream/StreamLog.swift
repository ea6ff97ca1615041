import Glibc
import TallyFormat
import TallyThreads

/// A log that a stream of NATS JetStream keeps, one frame a message, on as many servers as the stream has replicas.
/// Snapshots, the index of names and the floor are in a directory on this machine.
///
/// A value over one shared connection, made when it is first needed and usable from any thread.
public struct StreamLog: WritableStore {
  /// Where the log is.
  public let address: StreamAddress
  public let derived: LogDirectory
  public let files: any FileSystem
  /// How long an answer is waited for, and asked for again, before a message's outcome is called unknown. Default 30
  /// seconds: an election of the stream's leader takes 5 to 10.
  public var patience = Duration.seconds(30)
  private let connection = Monitor<(any StreamService)?>(nil)

  /// Connects to nothing yet.
  ///
  /// - Parameters:
  ///   - address: where the log is, and, in ``StreamAddress/local``, the directory of what is derived.
  ///   - files: where that directory is.
  /// - Throws: ``StreamAddressError`` if no directory is named.
  public init(_ address: StreamAddress, files: any FileSystem = LocalFileSystem()) throws(StreamAddressError) {
    guard let local = address.local else {
      throw StreamAddressError("no directory is named for what is derived from the log: ?local=DIR, or TALLY_LOCAL")
    }
    self.address = address
    self.files = files
    derived = LogDirectory(local)
  }

  /// Over a stream of a test's.
  init(_ service: any StreamService, derived: String, address: StreamAddress, patience: Duration) {
    self.address = address
    self.derived = LogDirectory(derived)
    self.patience = patience
    files = LocalFileSystem()
    connection.access { $0 = service }
  }

  func service() throws(StreamFault) -> any StreamService {
    let result = connection.access { connection -> Result<any StreamService, StreamFault> in
      if let connection { return .success(connection) }
      do throws(StreamFault) {
        let made = try JetStream.connect(to: address)
        connection = made
        return .success(made)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  public func source() throws(LogError) -> any FrameSource {
    let found: any StreamService
    do throws(StreamFault) { found = try service() } catch { throw LogError(error, reading: address.name) }
    return try StreamSource(PatientService(service: found, patience: patience))
  }

  /// The note on this machine; a machine that never wrote has none.
  public func floor() throws(FloorError) -> Floor? { try FloorFile.read(derived, files: files) }

  /// Why a single large batch may be more than the servers take; `nil`: it cannot, or nothing is known yet.
  public var sizeWarning: String? {
    guard let most = largestFrame, most < Limits.maxFrameBytes else { return nil }
    return "the servers take messages of \(most) bytes: a larger batch would stop the writer; set max_payload to 20MB"
  }

  public var largestFrame: Int? { connection.access { $0?.largestMessage } }

  /// Takes the lock of the local directory. The fence between machines is the stream: `FrameSink.begin` claims it.
  public func claim(_ source: any FrameSource, wait: Duration) throws(ClaimError) -> any FrameSink {
    do throws(FileError) { try makeLocalDirectory() } catch { throw .file(error) }
    let lock = try LogLock(derived, files: files, wait: wait)
    do throws(StreamFault) {
      return StreamSink(
        try service(), log: source.log, floor: FloorWriter(directory: derived, files: files), lock: lock,
        patience: patience)
    } catch {
      lock.unlock()
      throw .file(FileError(operation: "write to", path: address.name, code: EIO, reason: error.description))
    }
  }

  private func makeLocalDirectory() throws(FileError) {
    var path = derived.path.hasPrefix("/") ? "" : "."
    for part in derived.path.split(separator: "/") {
      path += "/\(part)"
      _ = try files.makeDirectoryUnlessThere(path)
    }
  }

  /// Makes an empty log: a stream that forbids what can be forbidden, and its first message.
  ///
  /// - Parameter settings: what is fixed with it. The size of segments means nothing here.
  /// - Throws: `LogError.file` if there is a log or another stream of that name, or the servers cannot be reached or do
  ///   not take the stream.
  public func create(_ settings: LogSettings = LogSettings()) throws(LogError) {
    let header = SegmentHeader(log: LogID.random(), after: .empty, settings: settings).encoded
    do throws(StreamFault) {
      let service = try service()
      try (service as? any StreamMaking)?.makeStream(replicas: address.replicas)
      let patient = PatientService(service: service, patience: patience)
      let answer = service.publish(header, expecting: 0)
      if answer == .stored(1) { return }
      if let first = try patient.message(atOrAfter: 1) {
        if first.bytes == header { return }
        throw StreamFault(.lasting, "the stream has messages already: it is a log, or somebody else's")
      }
      if try patient.lastSequence() > 0 {
        throw StreamFault(
          .lasting, "the stream had messages, and somebody has purged it: delete it, or take another name")
      }
      throw StreamFault(.lasting, "the stream was made, and did not take its first message (\(answer)): try again")
    } catch {
      throw .file(FileError(operation: "make the log", path: address.name, code: 0, reason: error.description))
    }
  }
}

/// Makes streams: what a test's array need not.
protocol StreamMaking {
  /// Makes the stream, or finds it made just so.
  func makeStream(replicas: Int) throws(StreamFault)
}
