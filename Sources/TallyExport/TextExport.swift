import Tallystick

/// Writes a log's events as text, piece by piece. Memory: one piece.
package struct TextExport {
  /// A piece has about so many bytes.
  private static let pieceBytes = 1 << 16

  private let reader: LogReader
  private let format: TextFormat
  private let guardsFormulas: Bool

  package init(_ reader: LogReader, format: TextFormat, guardsFormulas: Bool = true) {
    self.reader = reader
    self.format = format
    self.guardsFormulas = guardsFormulas
  }

  /// Writes all events that were durable when it began, or more.
  ///
  /// - Parameters:
  ///   - observer: told how far it is; may stop it between two events.
  ///   - write: takes the pieces in order.
  /// - Returns: the last event's sequence number; 0 if there was none.
  /// - Throws: ``ExportError/cancelled``, or what reading the log or `write` throws.
  @discardableResult
  package func run(observer: ExportObserver = ExportObserver(), write: ([UInt8]) throws -> Void) throws -> UInt64 {
    var encoder = format.encoder(log: reader.log, guardsFormulas: guardsFormulas)
    var last: UInt64 = 0
    var isCancelled = false
    encoder.begin()
    try reader.events(EventFilter()) { event in
      encoder.encode(event)
      last = event.sequence
      if encoder.bytes.count >= TextExport.pieceBytes {
        try write(encoder.bytes)
        encoder.removeAll()
      }
      isCancelled = !observer.admits(event.sequence)
      return !isCancelled
    }
    if isCancelled { throw ExportError.cancelled }
    if !encoder.bytes.isEmpty { try write(encoder.bytes) }
    return last
  }

  /// Writes them to a file, which appears under its name only when it is whole.
  ///
  /// - Throws: ``ExportError``, or what reading the log throws.
  @discardableResult
  package func run(toFile path: String, replaces: Bool = false, observer: ExportObserver = ExportObserver()) throws
    -> UInt64
  {
    let files = LocalFileSystem()
    var file = try ExportFile(path, replaces: replaces, files: files)
    let output: any LogFile
    do throws(FileError) { output = try files.open(file.partialPath, .create) } catch { throw ExportError.file(error) }
    defer { output.close() }
    var offset = 0
    let last = try run(observer: observer) { bytes in
      do throws(FileError) { try output.write(bytes, at: offset) } catch { throw ExportError.file(error) }
      offset += bytes.count
    }
    try file.finish()
    return last
  }
}

/// Who is told how an export goes. All are called on the exporting thread.
package struct ExportObserver {
  /// The sequence number that was reached; every few thousand events.
  package var progress: (UInt64) -> Void
  /// Asked as often; true stops the export.
  package var isCancelled: () -> Bool

  package init(progress: @escaping (UInt64) -> Void = { _ in }, isCancelled: @escaping () -> Bool = { false }) {
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Tells of an event; false if the export shall stop.
  func admits(_ sequence: UInt64) -> Bool {
    guard sequence % 4096 == 0 else { return true }
    progress(sequence)
    return !isCancelled()
  }
}
